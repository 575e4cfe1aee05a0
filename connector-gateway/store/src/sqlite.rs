//! The store in one SQLite file, for one process.

/// What the statements that both databases share say in this one's words.
macro_rules! for_update {
    () => {
        ""
    };
}
macro_rules! now_millis {
    () => {
        "CAST(unixepoch('subsec') * 1000 AS INTEGER)"
    };
}
/// A lease of an earlier process: no other one is there now.
macro_rules! abandoned {
    ($instance:literal) => {
        concat!(" OR refresh_leases.instance <> ", $instance)
    };
}

mod accounts;
mod claims;
mod error;
mod open;

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
mod row;
#[path = "sql/sealed.rs"]
mod sealed;
#[path = "sql/tokens.rs"]
mod tokens;

use std::time::Duration;

use async_trait::async_trait;
use sqlx::sqlite::{SqliteArguments, SqlitePool, SqliteRow};
use sqlx::{Sqlite, Transaction};
use uuid::Uuid;

use crate::{
    Claim, Claimed, Connection, ConnectionFilter, McpSession, Organization, Owner, Sealed,
    SealedRecord, Selection, Store, StoreError, Timestamp, Token, TokenHash,
};

use error::store_error;
pub use open::OpenError;

/// A store in a SQLite database. What is acknowledged is on the disk.
///
/// Changes go one after the other through one connection, reads beside them through a few others.
#[derive(Clone, Debug)]
pub struct SqliteStore {
    writer: SqlitePool,
    readers: SqlitePool,
    /// Tells this process's claims from those that an earlier one left.
    instance: Uuid,
}

type Change = Transaction<'static, Sqlite>;
type Database = Sqlite;
type SqlRow = SqliteRow;
type SqlStore = SqliteStore;
type Statement<'q> = sqlx::query::Query<'q, Sqlite, SqliteArguments>;

impl SqliteStore {
    /// Begins a change. Taking the write lock at once means that no change fails halfway because
    /// another one came between.
    async fn change(&self) -> Result<Change, StoreError> {
        self.writer
            .begin_with("BEGIN IMMEDIATE")
            .await
            .map_err(store_error)
    }

    fn reading(&self) -> &SqlitePool {
        &self.readers
    }

    fn writing(&self) -> &SqlitePool {
        &self.writer
    }

    fn instance(&self) -> Uuid {
        self.instance
    }
}

/// Changes go one after the other anyway.
async fn take_turn(_: &mut Change, _: &Owner) -> Result<(), StoreError> {
    Ok(())
}

async fn take_turn_of(_: &mut Change, _: &str) -> Result<(), StoreError> {
    Ok(())
}

#[async_trait]
impl Store for SqliteStore {
    async fn create_token(&self, token: &Token) -> Result<(), StoreError> {
        tokens::create(self, token).await
    }

    async fn token_by_hash(&self, hash: &TokenHash) -> Result<Option<Token>, StoreError> {
        tokens::by_hash(self, hash).await
    }

    async fn tokens(&self) -> Result<Vec<Token>, StoreError> {
        tokens::all(self).await
    }

    async fn update_token(&self, before: &Token, token: &Token) -> Result<(), StoreError> {
        tokens::update(self, before, token).await
    }

    async fn operator_token(&self) -> Result<Option<TokenHash>, StoreError> {
        tokens::operator(self).await
    }

    async fn set_operator_token(&self, hash: &TokenHash) -> Result<(), StoreError> {
        tokens::set_operator(self, hash).await
    }

    async fn create_organization(&self, organization: &Organization) -> Result<(), StoreError> {
        organizations::create(self, organization).await
    }

    async fn organizations(&self) -> Result<Vec<Organization>, StoreError> {
        organizations::all(self).await
    }

    async fn delete_organization(&self, name: &str) -> Result<(), StoreError> {
        organizations::delete(self, name).await
    }

    async fn create_connection(&self, connection: &Connection) -> Result<Connection, StoreError> {
        connections::create(self, connection).await
    }

    async fn connection(&self, id: Uuid) -> Result<Option<Connection>, StoreError> {
        connections::by_id(self, id).await
    }

    async fn find_connection(
        &self,
        selection: &Selection,
    ) -> Result<Option<Connection>, StoreError> {
        connections::find(self, selection).await
    }

    async fn connections(&self, filter: &ConnectionFilter) -> Result<Vec<Connection>, StoreError> {
        connections::all(self, filter).await
    }

    async fn update_connection(&self, connection: &Connection) -> Result<Connection, StoreError> {
        connections::update(self, connection).await
    }

    async fn delete_connection(&self, id: Uuid) -> Result<(), StoreError> {
        connections::delete(self, id).await
    }

    async fn claim(&self, claim: &Claim) -> Result<Claimed, StoreError> {
        claims::take(self, claim).await
    }

    async fn finish_claim(&self, claim: &Claim, outcome: &Sealed) -> Result<(), StoreError> {
        claims::finish(self, claim, outcome).await
    }

    async fn release_claim(&self, claim: &Claim) -> Result<(), StoreError> {
        claims::release(self, claim).await
    }

    async fn forget_claims(&self, now: Timestamp) -> Result<u64, StoreError> {
        claims::forget(self, now).await
    }

    async fn create_mcp_session(
        &self,
        session: &McpSession,
        most: usize,
    ) -> Result<Vec<Uuid>, StoreError> {
        mcp_sessions::create(self, session, most).await
    }

    async fn mcp_session(&self, id: Uuid) -> Result<Option<McpSession>, StoreError> {
        mcp_sessions::by_id(self, id).await
    }

    async fn delete_mcp_session(&self, id: Uuid) -> Result<(), StoreError> {
        mcp_sessions::delete(self, id).await
    }

    async fn forget_mcp_sessions(&self, now: Timestamp) -> Result<u64, StoreError> {
        mcp_sessions::forget(self, now).await
    }

    async fn key_check(&self) -> Result<Option<Sealed>, StoreError> {
        sealed::check(self).await
    }

    async fn set_key_check(&self, check: &Sealed) -> Result<(), StoreError> {
        sealed::set_check(self, check).await
    }

    async fn sealed_with_other_keys(
        &self,
        current: &str,
        limit: u32,
    ) -> Result<Vec<SealedRecord>, StoreError> {
        sealed::with_other_keys(self, current, limit).await
    }

    async fn reseal(&self, record: &SealedRecord, sealed: &Sealed) -> Result<bool, StoreError> {
        sealed::replace(self, record, sealed).await
    }

    async fn ping(&self, limit: Duration) -> Result<(), StoreError> {
        let question = sqlx::query("SELECT count(*) FROM operator_token").execute(&self.readers);
        match tokio::time::timeout(limit, question).await {
            Ok(answer) => answer.map(drop).map_err(store_error),
            Err(_) => Err(StoreError::Unavailable("it does not answer".to_owned())),
        }
    }

    async fn close(&self) {
        // The log is written back on closing; what fails here is written back at the next start.
        self.readers.close().await;
        self.writer.close().await;
    }
}
