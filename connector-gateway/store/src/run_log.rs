//! Where records of runs are kept: the table `runs` of some database.
//!
//! What the log is searched by has columns; the rest is text that is only given back.

#[cfg(feature = "postgres")]
mod postgres;
#[cfg(any(feature = "postgres", feature = "sqlite"))]
mod query;
#[cfg(any(feature = "postgres", feature = "sqlite"))]
mod row;
#[cfg(feature = "sqlite")]
mod schema;
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

/// The table of runs, for the one task that writes and for those who read.
pub struct RunDatabase {
    /// For the task that writes.
    pub table: Box<dyn RunTable>,
    /// For those who read.
    pub reader: Box<dyn RunReader>,
}

impl RunDatabase {
    /// Opens a SQLite file, which is made if there is none.
    ///
    /// # Errors
    ///
    /// [`RunLogError::Open`] and [`RunLogError::Newer`].
    #[cfg(feature = "sqlite")]
    pub async fn file(path: &Path) -> Result<Self, RunLogError> {
        Ok(Self {
            table: Box::new(sqlite::File(schema::open(path).await?)),
            reader: Box::new(sqlite::FileReader(schema::readers(path))),
        })
    }

    /// Opens a SQLite file that can't grow beyond this many pages.
    ///
    /// # Errors
    ///
    /// As [`file`](Self::file).
    #[cfg(all(feature = "sqlite", feature = "testing"))]
    pub async fn file_of(path: &Path, pages: u32) -> Result<Self, RunLogError> {
        let mut connection = schema::open(path).await?;
        let limit = format!("PRAGMA max_page_count = {pages}");
        sqlx::raw_sql(sqlx::AssertSqlSafe(limit))
            .execute(&mut connection)
            .await
            .map_err(|error| RunLogError::Unavailable(error.to_string()))?;
        Ok(Self {
            table: Box::new(sqlite::File(connection)),
            reader: Box::new(sqlite::FileReader(schema::readers(path))),
        })
    }

    /// Opens the PostgreSQL database of a store, with at most three connections of its own.
    ///
    /// # Errors
    ///
    /// If the URL can't be used. Whether the database answers shows later.
    #[cfg(feature = "postgres")]
    pub fn postgres(url: &DatabaseUrl) -> Result<Self, PostgresError> {
        use crate::postgres::open::pool;
        Ok(Self {
            table: Box::new(postgres::Database(pool(url, "run log", 1)?)),
            reader: Box::new(postgres::DatabaseReader(pool(url, "runs", 2)?)),
        })
    }
}

/// The run log could not be opened or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunLogError {
    /// The file can't be opened or brought up to date.
    #[error("the run log `{}` can't be opened: {reason}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// A newer version of the gateway wrote the file.
    #[error(
        "the run log `{}` has schema {found}, and this version knows {known} at most: use the \
         version that wrote it, or move the file away", path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// The newest schema that is known here.
        known: i64,
    },
    /// The cursor is not one that this log gave.
    #[error("`{0}` is not a cursor of the run log; start without one")]
    Cursor(String),
    /// The file can't be read now; the same may work later.
    #[error("the run log can't be read: {0}")]
    Unavailable(String),
}

/// A record as a row.
#[derive(Debug)]
pub struct RunRow<'a> {
    /// Id, a UUID of version 7: its time orders the log.
    pub id: Uuid,
    /// When the call came in.
    pub started_at: Timestamp,
    /// Who made it.
    pub principal: Cow<'a, str>,
    /// The connector.
    pub connector: Option<Cow<'a, str>>,
    /// The action's id.
    pub action: Option<Cow<'a, str>>,
    /// The connection.
    pub connection: Option<Uuid>,
    /// The error's code, if the call failed.
    pub code: Option<Cow<'a, str>>,
    /// What is not searched.
    pub details: String,
    /// Input and output, where they are kept.
    pub payload: Option<String>,
}

/// A row of a list.
#[derive(Debug)]
pub struct FoundRun {
    /// Its id, if that can be read.
    pub id: Option<Uuid>,
    /// The row, or why it can't be read.
    pub row: Result<RunRow<'static>, String>,
}

/// Which records are wanted; `None` is any.
#[derive(Clone, Debug, Default)]
pub struct RunFilter {
    /// Of this action alone.
    pub action: Option<String>,
    /// Of this connector alone.
    pub connector: Option<String>,
    /// With this connection alone.
    pub connection: Option<Uuid>,
    /// By this principal alone.
    pub principal: Option<String>,
    /// That ended so.
    pub outcome: Option<OutcomeFilter>,
    /// That began at this time or later.
    pub since: Option<Timestamp>,
    /// That began before this time.
    pub until: Option<Timestamp>,
    /// How many; 1 to 200, 50 if not given.
    pub limit: Option<u32>,
    /// Where the page before ended.
    pub cursor: Option<String>,
}

/// How a record must have ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutcomeFilter {
    /// Well.
    Ok,
    /// With any error.
    Error,
    /// With this error.
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

/// Why something could not be written.
#[derive(Debug)]
pub struct Trouble {
    /// Whether the same may work later.
    pub may_pass: bool,
    /// What the database said.
    pub reason: String,
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

/// The table, for the one task that writes.
#[async_trait]
pub trait RunTable: Send + Sync {
    /// Inserts rows, all or none; returns how many there are now that were not there before. An id
    /// that is there already is a mistake of the caller, and must not cost its batch.
    async fn insert(&mut self, rows: &[RunRow<'_>]) -> Result<u64, Trouble>;

    /// Deletes up to `most` records with a lower id; returns how many.
    async fn delete_before(&mut self, id: Uuid, most: u32) -> Result<u64, Trouble>;

    /// Returns the lowest id of the newest `most` records.
    async fn first_of_newest(&mut self, most: u64) -> Result<Option<Uuid>, Trouble>;

    /// Ends what the table has open.
    async fn close(self: Box<Self>) -> Result<(), Trouble>;
}

/// The table, for those who read.
#[async_trait]
pub trait RunReader: fmt::Debug + Send + Sync {
    /// Returns up to `most` of the records that a filter lets through and whose id is lower than
    /// `before`, the newest first, without payloads. Limit and cursor of the filter are the
    /// caller's.
    async fn find(
        &self,
        filter: &RunFilter,
        before: Option<Uuid>,
        most: u32,
    ) -> Result<Vec<FoundRun>, RunLogError>;

    /// Returns one record, with its payload if that was kept.
    async fn run(&self, id: Uuid) -> Result<Option<RunRow<'static>>, RunLogError>;

    /// Ends what the readers have open.
    async fn close(&self);
}

/// Returns the lowest id of version 7 with this time.
pub fn first_id(at: Timestamp) -> Uuid {
    let millis = at.as_millis().clamp(0, (1 << 48) - 1).unsigned_abs();
    Uuid::from_u128(u128::from(millis) << 80)
}
