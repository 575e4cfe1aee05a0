//! The store in a PostgreSQL database, for many processes.

/// What the statements that both databases share say in this one's words.
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
/// Whether its process still runs is not known, so that a lease is over with its time.
macro_rules! abandoned {
    ($instance:literal) => {
        ""
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

use crate::{Backend, ChangeListener, Claim, Owner, StoreError, Timestamp};
use clock::Clock;
use error::store_error;
pub use migrate::{Migration, migrate};
pub use open::PostgresError;

/// How long anything may take that the store is asked. The server's own limits are shorter; this
/// one is for a server that says nothing at all.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long connections may take to be closed.
const CLOSING: Duration = Duration::from_secs(3);

/// A store in a PostgreSQL database, which other processes may use at the same time. What is
/// acknowledged is as durable as the server's `synchronous_commit` says.
///
/// Its schema is made by [`migrate`](crate::migrate_postgres), never by this. Clones share
/// everything.
#[derive(Clone)]
pub struct PostgresStore {
    shared: Arc<Shared>,
    /// Ends the work in the background with the last clone.
    _end: Arc<DropGuard>,
}

struct Shared {
    pool: PgPool,
    /// Connections on which this process shows that it runs, however many calls wait for the others.
    service: PgPool,
    /// Tells this process's claims from those of others.
    instance: Uuid,
    clock: Clock,
    listeners: Mutex<Vec<ChangeListener>>,
    /// Ids of the keys that this process has.
    keys: Mutex<Vec<String>>,
    /// Claims that nobody holds and that may be in the database all the same.
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

    async fn within<T>(
        &self,
        work: impl Future<Output = Result<T, StoreError>> + Send,
    ) -> Result<T, StoreError> {
        within(PATIENCE, work).await
    }
}

/// Lets changes of an organization's connections go one after the other: which one is the default
/// can't be told while another change is halfway.
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
        .ok_or(StoreError::NotFound("organization"))
}

/// Lets the changes to what a principal has go one after the other, so that they can be counted.
async fn take_turn_of(change: &mut Change, principal: &str) -> Result<(), StoreError> {
    sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))")
        .bind(principal)
        .execute(&mut **change)
        .await
        .map(drop)
        .map_err(store_error)
}

impl Shared {
    /// Tells all listeners that tokens and connections may have changed.
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

/// Nothing that is done under these locks can leave half of a value.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits for the server, but not without end.
async fn within<T>(
    limit: Duration,
    work: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    match tokio::time::timeout(limit, work).await {
        Ok(result) => result,
        Err(_) => Err(StoreError::Unavailable("it does not answer".to_owned())),
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
        // Nothing is pending; what is left open the system closes with the process.
        let _ = tokio::time::timeout(CLOSING, closed).await;
    }
}
