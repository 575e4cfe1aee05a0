//! The store in one SQLite file, for one process.

/// The dialect's parts of shared statements.
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
/// A lease of an earlier process, since there is only one.
macro_rules! abandoned {
    ($instance:literal) => {
        concat!(" OR refresh_leases.instance <> ", $instance)
    };
}
macro_rules! is_running {
    ($claim:literal) => {
        "FALSE"
    };
}

mod claims;
pub(crate) mod error;
pub(crate) mod open;
#[path = "sql/statements.rs"]
mod sql;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use sqlx::sqlite::{SqliteArguments, SqlitePool, SqliteRow};
use sqlx::{Sqlite, Transaction};
use uuid::Uuid;

use crate::claims::ClaimCounts;
use crate::{Backend, Owner, ProcessStore, StoreError, Timestamp};
use error::store_error;
pub use open::OpenError;

/// A store in a SQLite database. Changes are durable.
///
/// Writes are serialized on one connection; reads run concurrently on a few others.
#[derive(Clone, Debug)]
pub struct SqliteStore {
    writer: SqlitePool,
    readers: SqlitePool,
    /// Distinguishes this process's claims from those of earlier ones.
    instance: Uuid,
    claim_counts: Arc<ClaimCounts>,
}

type Change = Transaction<'static, Sqlite>;
type Database = Sqlite;
type SqlRow = SqliteRow;
type SqlStore = SqliteStore;
type Statement<'q> = sqlx::query::Query<'q, Sqlite, SqliteArguments>;

impl SqliteStore {
    /// Begins a transaction. Taking the write lock at once prevents it from failing halfway because
    /// of another one.
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

    fn claim_counts(&self) -> &ClaimCounts {
        &self.claim_counts
    }

    /// SQLite itself limits how long a change waits for another one.
    async fn within<T>(
        &self,
        work: impl Future<Output = Result<T, StoreError>> + Send,
    ) -> Result<T, StoreError> {
        work.await
    }
}

/// Writes are serialized anyway.
async fn take_turn(_: &mut Change, _: &Owner) -> Result<(), StoreError> {
    Ok(())
}

async fn take_turn_of(_: &mut Change, _: &str) -> Result<(), StoreError> {
    Ok(())
}

#[async_trait]
impl Backend for SqliteStore {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    async fn ping(&self, limit: Duration) -> Result<(), StoreError> {
        let question = sqlx::query("SELECT count(*) FROM operator_token").execute(&self.readers);
        match tokio::time::timeout(limit, question).await {
            Ok(answer) => answer.map(drop).map_err(store_error),
            Err(_) => Err(StoreError::Unavailable("it does not respond".to_owned())),
        }
    }

    async fn close(&self) {
        // The write-ahead log is written back on closing, or else at the next start.
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// There are none.
impl ProcessStore for SqliteStore {}
