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

mod claims;
mod error;
mod open;
#[path = "sql/statements.rs"]
mod sql;

use std::time::Duration;

use async_trait::async_trait;
use sqlx::sqlite::{SqliteArguments, SqlitePool, SqliteRow};
use sqlx::{Sqlite, Transaction};
use uuid::Uuid;

use crate::{Backend, Owner, ProcessStore, StoreError, Timestamp};
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

    /// SQLite itself limits how long a change waits for another one.
    async fn within<T>(
        &self,
        work: impl Future<Output = Result<T, StoreError>> + Send,
    ) -> Result<T, StoreError> {
        work.await
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
impl Backend for SqliteStore {
    fn now(&self) -> Timestamp {
        Timestamp::now()
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

/// There are none.
impl ProcessStore for SqliteStore {}
