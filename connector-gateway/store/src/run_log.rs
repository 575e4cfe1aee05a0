//! The run log's table `runs`, in either database.
//!
//! Searchable fields have columns; the rest is an opaque string.

#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;

use std::borrow::Cow;
use std::fmt;
#[cfg(feature = "sqlite")]
use std::path::Path;
use std::path::PathBuf;

use async_trait::async_trait;
use plugwright_sdk::ErrorCode;
use uuid::Uuid;

use crate::Timestamp;
#[cfg(feature = "postgres")]
use crate::{DatabaseUrl, PostgresError};

/// The table of runs, for its one writer and for readers.
pub struct RunDatabase {
    /// For the writer.
    pub table: Box<dyn RunTable>,
    /// For readers.
    pub reader: Box<dyn RunReader>,
}

impl RunDatabase {
    /// Opens a SQLite file, which is created if it does not exist.
    ///
    /// # Errors
    ///
    /// [`RunLogError::Open`] and [`RunLogError::Newer`].
    #[cfg(feature = "sqlite")]
    pub async fn file(path: &Path) -> Result<Self, RunLogError> {
        Ok(Self {
            table: Box::new(sqlite::File::open(path).await?),
            reader: Box::new(sqlite::reader(path)),
        })
    }

    /// Opens a SQLite file with at most this many pages.
    ///
    /// # Errors
    ///
    /// As [`file`](Self::file).
    #[cfg(all(feature = "sqlite", feature = "testing"))]
    pub async fn file_of(path: &Path, pages: u32) -> Result<Self, RunLogError> {
        let mut file = sqlite::File::open(path).await?;
        let limit = format!("PRAGMA max_page_count = {pages}");
        sqlx::raw_sql(sqlx::AssertSqlSafe(limit))
            .execute(&mut file.0)
            .await
            .map_err(|error| RunLogError::Unavailable(error.to_string()))?;
        Ok(Self {
            table: Box::new(file),
            reader: Box::new(sqlite::reader(path)),
        })
    }

    /// Opens the PostgreSQL database of a store, with at most three connections of its own.
    ///
    /// # Errors
    ///
    /// If the URL is invalid. Whether the database responds is found out later.
    #[cfg(feature = "postgres")]
    pub fn postgres(url: &DatabaseUrl) -> Result<Self, PostgresError> {
        use crate::postgres::open::pool;
        Ok(Self {
            table: Box::new(postgres::Table(pool(url, "run log", 1)?)),
            reader: Box::new(postgres::Reader(pool(url, "runs", 2)?)),
        })
    }
}

/// The run log could not be opened or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the messages name the fields")]
pub enum RunLogError {
    /// The file can't be opened or migrated.
    #[error("the run log `{}` can't be opened: {reason}", path.display())]
    Open { path: PathBuf, reason: String },
    /// A newer version of the gateway wrote the file.
    #[error(
        "the run log `{}` has schema {found}, and this version knows {known} at most: use the \
         version that wrote it, or move the file away", path.display()
    )]
    Newer {
        path: PathBuf,
        found: i64,
        known: i64,
    },
    /// The cursor is not one of this log.
    #[error("`{0}` is not a cursor of the run log; start without one")]
    Cursor(String),
    /// The file can't be read at the moment; a retry may succeed.
    #[error("the run log can't be read: {0}")]
    Unavailable(String),
}

/// A record as a row.
#[derive(Debug)]
pub struct RunRow<'a> {
    /// A UUID of version 7, whose time orders the log.
    pub id: Uuid,
    /// When the call was received.
    pub started_at: Timestamp,
    /// The principal.
    pub principal: Cow<'a, str>,
    /// The connector.
    pub connector: Option<Cow<'a, str>>,
    /// The action's id.
    pub action: Option<Cow<'a, str>>,
    /// The connection.
    pub connection: Option<Uuid>,
    /// The error's code, if the call failed.
    pub code: Option<Cow<'a, str>>,
    /// The remaining fields.
    pub details: String,
    /// Input and output, if they are kept.
    pub payload: Option<String>,
}

/// A row of a list.
#[derive(Debug)]
pub struct FoundRun {
    /// Its id, if it can be read.
    pub id: Option<Uuid>,
    /// The row, or why it can't be read.
    pub row: Result<RunRow<'static>, String>,
}

/// Selects records; `None` matches any.
#[derive(Clone, Debug, Default)]
pub struct RunFilter {
    /// Of this action.
    pub action: Option<String>,
    /// Of this connector.
    pub connector: Option<String>,
    /// With this connection.
    pub connection: Option<Uuid>,
    /// By this principal.
    pub principal: Option<String>,
    /// With this result.
    pub outcome: Option<OutcomeFilter>,
    /// That began at this time or later.
    pub since: Option<Timestamp>,
    /// That began before this time.
    pub until: Option<Timestamp>,
    /// How many; 1 to 200, 50 if not given.
    pub limit: Option<u32>,
    /// The cursor of the previous page.
    pub cursor: Option<String>,
}

/// The result of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutcomeFilter {
    /// Success.
    Ok,
    /// Any error.
    Error,
    /// This error.
    Code(ErrorCode),
}

impl std::str::FromStr for OutcomeFilter {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "ok" => Ok(Self::Ok),
            "error" => Ok(Self::Error),
            code => code
                .parse()
                .map(Self::Code)
                .map_err(|_| "must be `ok`, `error` or an error code".to_owned()),
        }
    }
}

/// The table can't be changed.
#[derive(Debug, thiserror::Error)]
#[error("{reason}")]
pub struct WriteError {
    /// Whether a retry may succeed.
    pub is_transient: bool,
    /// The database's error.
    pub reason: String,
}

/// Most rows that are inserted together.
pub const LARGEST_INSERT: usize = 1024;

/// The table, for its one writer.
#[async_trait]
pub trait RunTable: Send + Sync {
    /// Inserts rows, all or none of up to [`LARGEST_INSERT`]; returns how many were new. An id that
    /// exists already is a bug of the caller that must not cost its batch.
    async fn insert(&mut self, rows: Vec<RunRow<'_>>) -> Result<u64, WriteError>;

    /// Deletes up to `most` records with a lower id; returns how many.
    async fn delete_before(&mut self, id: Uuid, most: u32) -> Result<u64, WriteError>;

    /// Returns the lowest id of the newest `most` records.
    async fn first_of_newest(&mut self, most: u64) -> Result<Option<Uuid>, WriteError>;

    /// Closes the table.
    async fn close(self: Box<Self>) -> Result<(), WriteError>;
}

/// The table, for readers.
#[async_trait]
pub trait RunReader: fmt::Debug + Send + Sync {
    /// Returns up to `most` records that match a filter and whose id is lower than `before`, newest
    /// first, without payloads. The filter's limit and cursor are left to the caller.
    async fn find(
        &self,
        filter: &RunFilter,
        before: Option<Uuid>,
        most: u32,
    ) -> Result<Vec<FoundRun>, RunLogError>;

    /// Returns one record, with its payload if there is one.
    async fn run(&self, id: Uuid) -> Result<Option<RunRow<'static>>, RunLogError>;

    /// Closes the readers' connections.
    async fn close(&self);
}

/// Returns the lowest UUID of version 7 with this time.
pub fn first_id(at: Timestamp) -> Uuid {
    let millis = at.as_millis().clamp(0, (1 << 48) - 1).unsigned_abs();
    Uuid::from_u128(u128::from(millis) << 80)
}
