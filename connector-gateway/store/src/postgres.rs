//! The store in a PostgreSQL database, for several processes.

/// The dialect's parts of shared statements.
macro_rules! for_update {
    () => {
        " FOR UPDATE"
    };
}
macro_rules! now_millis {
    () => {
        "(extract(epoch FROM clock_timestamp()) * 1000)::BIGINT"
    };
}
/// Whether the process with a lease still runs is unknown, so a lease ends when it expires.
macro_rules! abandoned {
    ($instance:literal) => {
        ""
    };
}
/// A process that is merely cut off from the database goes on with its call until the call's end.
macro_rules! is_running {
    ($claim:literal) => {
        concat!(
            "(coalesce(",
            $claim,
            ".ends_by > ",
            now_millis!(),
            ", FALSE) OR EXISTS (SELECT 1 FROM processes WHERE processes.instance = ",
            $claim,
            ".instance AND seen_at > clock_timestamp() - interval '10 seconds'))"
        )
    };
}

mod changes;
mod claims;
mod clock;
pub(crate) mod error;
mod migrate;
pub(crate) mod open;
mod presence;
#[path = "sql/statements.rs"]
pub(crate) mod sql;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use sqlx::postgres::{PgArguments, PgPool, PgRow};
use sqlx::{Postgres, Transaction};
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::claims::ClaimCounts;
use crate::{Backend, ChangeListener, Claim, Owner, RecordKind, StoreError, Timestamp};
use clock::Clock;
use error::store_error;
pub use migrate::{Migration, migrate};
pub use open::PostgresError;

/// Timeout of every operation, for a server that does not respond at all. The server's own timeouts
/// are shorter.
const PATIENCE: Duration = Duration::from_secs(10);

const CLOSING: Duration = Duration::from_secs(3);

/// A store in a PostgreSQL database, which other processes may use concurrently. Changes are as
/// durable as the server's `synchronous_commit` setting.
///
/// [`migrate`](crate::migrate_postgres) creates the schema; this type never does. Clones share
/// everything.
#[derive(Clone)]
pub struct PostgresStore {
    shared: Arc<Shared>,
    /// Stops the background tasks with the last clone.
    _end: Arc<DropGuard>,
}

struct Shared {
    pool: PgPool,
    /// Connections for the heartbeat of this process, independent of the load of calls.
    service: PgPool,
    /// Distinguishes this process's claims from those of others.
    instance: Uuid,
    clock: Clock,
    listeners: Mutex<Vec<ChangeListener>>,
    keys: Mutex<Vec<String>>,
    claim_counts: ClaimCounts,
    /// Claims without a holder that may be in the database.
    leftovers: Mutex<Vec<(Claim, Instant)>>,
    closing: CancellationToken,
    tasks: TaskTracker,
}

type Change = Transaction<'static, Postgres>;
type Database = Postgres;
type SqlRow = PgRow;
type SqlStore = PostgresStore;
type Statement<'q> = sqlx::query::Query<'q, Postgres, PgArguments>;

impl PostgresStore {
    async fn change(&self) -> Result<Change, StoreError> {
        self.pool().begin().await.map_err(store_error)
    }

    fn pool(&self) -> &PgPool {
        &self.shared.pool
    }

    fn reading(&self) -> &PgPool {
        self.pool()
    }

    fn writing(&self) -> &PgPool {
        self.pool()
    }

    fn instance(&self) -> Uuid {
        self.shared.instance
    }

    fn claim_counts(&self) -> &ClaimCounts {
        &self.shared.claim_counts
    }

    async fn within<T>(
        &self,
        work: impl Future<Output = Result<T, StoreError>> + Send,
    ) -> Result<T, StoreError> {
        within(PATIENCE, work).await
    }
}

/// Serializes changes of an organization's connections: concurrent ones could disagree about the
/// default.
async fn take_turn(change: &mut Change, owner: &Owner) -> Result<(), StoreError> {
    let Owner::Organization(name) = owner else {
        return Ok(());
    };
    sqlx::query("SELECT 1 FROM organizations WHERE name = $1 FOR NO KEY UPDATE")
        .bind(name)
        .fetch_optional(&mut **change)
        .await
        .map_err(store_error)?
        .map(drop)
        .ok_or(StoreError::NotFound(RecordKind::Organization))
}

/// Serializes changes to what a principal has, so that it can be counted.
async fn take_turn_of(change: &mut Change, principal: &str) -> Result<(), StoreError> {
    sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))")
        .bind(principal)
        .execute(&mut **change)
        .await
        .map(drop)
        .map_err(store_error)
}

impl Shared {
    /// Notifies all listeners that tokens and connections may have changed.
    fn changed(&self) {
        for listener in &*lock(&self.listeners) {
            listener();
        }
    }
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore")
            .field("instance", &self.shared.instance)
            .finish_non_exhaustive()
    }
}

/// No panic under these locks leaves an inconsistent value.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits for the server, with a timeout.
async fn within<T>(
    limit: Duration,
    work: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    match tokio::time::timeout(limit, work).await {
        Ok(result) => result,
        Err(_) => Err(StoreError::Unavailable("it does not respond".to_owned())),
    }
}

#[async_trait]
impl Backend for PostgresStore {
    fn now(&self) -> Timestamp {
        self.shared.clock.now()
    }

    async fn ping(&self, limit: Duration) -> Result<(), StoreError> {
        let question = async {
            sqlx::query("SELECT 1 FROM operator_token")
                .execute(self.pool())
                .await
                .map(drop)
                .map_err(store_error)
        };
        within(limit, question).await
    }

    async fn close(&self) {
        let shared = &self.shared;
        shared.closing.cancel();
        shared.tasks.close();
        shared.tasks.wait().await;
        presence::leave(shared).await;
        let closed = async {
            shared.service.close().await;
            shared.pool.close().await;
        };
        // Nothing is pending; the system closes the remaining connections.
        let _ = tokio::time::timeout(CLOSING, closed).await;
    }
}
