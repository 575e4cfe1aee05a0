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

mod accounts;
mod changes;
mod claims;
mod clock;
pub(crate) mod error;
mod migrate;
pub(crate) mod open;
mod presence;

// The statements that both databases understand are written once, and built for each.
#[path = "sql/connections.rs"]
mod connections;
#[path = "sql/ended_connections.rs"]
mod ended;
#[path = "sql/mcp_sessions.rs"]
mod mcp_sessions;
#[path = "sql/oauth_clients.rs"]
mod oauth_clients;
#[path = "sql/organizations.rs"]
mod organizations;
#[path = "sql/projects.rs"]
mod projects;
#[path = "sql/leases.rs"]
mod refresh;
#[path = "sql/statements.rs"]
mod refused;
#[path = "sql/requests.rs"]
mod requests;
#[path = "sql/row.rs"]
pub(crate) mod row;
#[path = "sql/sealed.rs"]
mod sealed;
#[path = "sql/tokens.rs"]
mod tokens;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use sqlx::postgres::{PgArguments, PgPool, PgRow};
use sqlx::{Postgres, Transaction};
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::{
    ChangeListener, Claim, Claimed, Connection, ConnectionFilter, McpSession, Organization, Owner,
    Sealed, SealedRecord, Selection, Store, StoreError, Timestamp, Token, TokenHash,
};

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
impl Store for PostgresStore {
    async fn create_token(&self, token: &Token) -> Result<(), StoreError> {
        within(PATIENCE, tokens::create(self, token)).await
    }

    async fn token_by_hash(&self, hash: &TokenHash) -> Result<Option<Token>, StoreError> {
        within(PATIENCE, tokens::by_hash(self, hash)).await
    }

    async fn tokens(&self) -> Result<Vec<Token>, StoreError> {
        within(PATIENCE, tokens::all(self)).await
    }

    async fn update_token(&self, before: &Token, token: &Token) -> Result<(), StoreError> {
        within(PATIENCE, tokens::update(self, before, token)).await
    }

    async fn operator_token(&self) -> Result<Option<TokenHash>, StoreError> {
        within(PATIENCE, tokens::operator(self)).await
    }

    async fn set_operator_token(&self, hash: &TokenHash) -> Result<(), StoreError> {
        within(PATIENCE, tokens::set_operator(self, hash)).await
    }

    async fn create_organization(&self, organization: &Organization) -> Result<(), StoreError> {
        within(PATIENCE, organizations::create(self, organization)).await
    }

    async fn organizations(&self) -> Result<Vec<Organization>, StoreError> {
        within(PATIENCE, organizations::all(self)).await
    }

    async fn delete_organization(&self, name: &str) -> Result<(), StoreError> {
        within(PATIENCE, organizations::delete(self, name)).await
    }

    async fn create_connection(&self, connection: &Connection) -> Result<Connection, StoreError> {
        within(PATIENCE, connections::create(self, connection)).await
    }

    async fn connection(&self, id: Uuid) -> Result<Option<Connection>, StoreError> {
        within(PATIENCE, connections::by_id(self, id)).await
    }

    async fn find_connection(
        &self,
        selection: &Selection,
    ) -> Result<Option<Connection>, StoreError> {
        within(PATIENCE, connections::find(self, selection)).await
    }

    async fn connections(&self, filter: &ConnectionFilter) -> Result<Vec<Connection>, StoreError> {
        within(PATIENCE, connections::all(self, filter)).await
    }

    async fn update_connection(&self, connection: &Connection) -> Result<Connection, StoreError> {
        within(PATIENCE, connections::update(self, connection)).await
    }

    async fn delete_connection(&self, id: Uuid) -> Result<(), StoreError> {
        within(PATIENCE, connections::delete(self, id)).await
    }

    async fn claim(&self, claim: &Claim) -> Result<Claimed, StoreError> {
        within(PATIENCE, claims::take(self, claim)).await
    }

    async fn finish_claim(&self, claim: &Claim, outcome: &Sealed) -> Result<(), StoreError> {
        within(PATIENCE, claims::finish(self, claim, outcome)).await
    }

    async fn release_claim(&self, claim: &Claim) -> Result<(), StoreError> {
        within(PATIENCE, claims::release(self, claim)).await
    }

    async fn forget_claims(&self, now: Timestamp) -> Result<u64, StoreError> {
        within(PATIENCE, claims::forget(self, now)).await
    }

    async fn create_mcp_session(
        &self,
        session: &McpSession,
        most: usize,
    ) -> Result<Vec<Uuid>, StoreError> {
        within(PATIENCE, mcp_sessions::create(self, session, most)).await
    }

    async fn mcp_session(&self, id: Uuid) -> Result<Option<McpSession>, StoreError> {
        within(PATIENCE, mcp_sessions::by_id(self, id)).await
    }

    async fn delete_mcp_session(&self, id: Uuid) -> Result<(), StoreError> {
        within(PATIENCE, mcp_sessions::delete(self, id)).await
    }

    async fn forget_mcp_sessions(&self, now: Timestamp) -> Result<u64, StoreError> {
        within(PATIENCE, mcp_sessions::forget(self, now)).await
    }

    async fn key_check(&self) -> Result<Option<Sealed>, StoreError> {
        within(PATIENCE, sealed::check(self)).await
    }

    async fn set_key_check(&self, check: &Sealed) -> Result<(), StoreError> {
        within(PATIENCE, sealed::set_check(self, check)).await
    }

    async fn sealed_with_other_keys(
        &self,
        current: &str,
        limit: u32,
    ) -> Result<Vec<SealedRecord>, StoreError> {
        within(PATIENCE, sealed::with_other_keys(self, current, limit)).await
    }

    async fn reseal(&self, record: &SealedRecord, sealed: &Sealed) -> Result<bool, StoreError> {
        within(PATIENCE, sealed::replace(self, record, sealed)).await
    }

    fn on_change(&self, listener: ChangeListener) {
        lock(&self.shared.listeners).push(listener);
    }

    async fn announce_keys(&self, ids: &[String]) -> Result<(), StoreError> {
        within(PATIENCE, presence::announce(&self.shared, ids)).await
    }

    async fn processes_without_key(&self, id: &str) -> Result<u64, StoreError> {
        within(PATIENCE, presence::without_key(self, id)).await
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
