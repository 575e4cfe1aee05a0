//! The log in a SQLite file of its own.

#[path = "read.rs"]
mod read;

use std::path::Path;
use std::sync::LazyLock;
use std::time::Duration;

use async_trait::async_trait;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteRow, SqliteSynchronous,
};
use sqlx::{ConnectOptions as _, Connection as _, Sqlite};
use uuid::Uuid;

use super::{LARGEST_INSERT, RunLogError, RunRow, RunTable, WriteError};
use crate::data_directory::check_database;
use crate::sqlite::open::{apply, count};
pub(super) use read::Reader;

type Database = Sqlite;
type Pool = SqlitePool;
type SqlRow = SqliteRow;

const MIGRATIONS: [&str; 1] = [
    // Ids are ordered by time, so the primary key serves newest-first lists, periods and retention.
    // The other two indexes serve common searches: failures (few, so the index is small) and runs
    // of one action. Further filters scan the newest records.
    "CREATE TABLE runs (
         id BLOB NOT NULL PRIMARY KEY,
         started_at INTEGER NOT NULL,
         principal TEXT NOT NULL,
         connector TEXT,
         action TEXT,
         connection BLOB,
         code TEXT,
         details TEXT NOT NULL,
         payload TEXT
     ) WITHOUT ROWID;
     CREATE INDEX runs_by_action ON runs (action, id);
     CREATE INDEX runs_by_code ON runs (code, id) WHERE code IS NOT NULL;",
];

/// The statements for 1, 2, 4 rows and so on up to [`LARGEST_INSERT`], each prepared once and kept.
/// What is left unbound is NULL; rows of that are ignored, as are those whose id exists.
static INSERTS: LazyLock<[&'static str; LARGEST_INSERT.ilog2() as usize + 1]> = LazyLock::new(
    || {
        std::array::from_fn(|power| {
            let rows = vec!["(?,?,?,?,?,?,?,?,?)"; 1 << power].join(",");
            let statement = format!(
                "INSERT OR IGNORE INTO runs (id, started_at, principal, connector, action, connection, \
             code, details, payload) VALUES {rows}"
            );
            &*statement.leak()
        })
    },
);

/// The file, open for writing.
pub(super) struct File(pub(super) SqliteConnection);

impl File {
    /// Opens the file and brings its schema up to date.
    pub(super) async fn open(path: &Path) -> Result<Self, RunLogError> {
        let refused = |reason: String| RunLogError::Open {
            path: path.to_owned(),
            reason,
        };
        let failed = |error: sqlx::Error| refused(error.to_string());
        check_database(path).map_err(|error| refused(error.to_string()))?;
        let mut connection = options(path).connect().await.map_err(failed)?;
        let found: i64 = sqlx::query_scalar("PRAGMA user_version")
            .fetch_one(&mut connection)
            .await
            .map_err(failed)?;
        let known = count(&MIGRATIONS);
        if found > known {
            let path = path.to_owned();
            return Err(RunLogError::Newer { path, found, known });
        }
        apply(&mut connection, &MIGRATIONS, found, "")
            .await
            .map_err(failed)?;
        Ok(Self(connection))
    }
}

/// Returns connections that only read, opened when they are needed.
pub(super) fn reader(path: &Path) -> Reader {
    let pool = SqlitePoolOptions::new()
        .max_connections(2)
        .idle_timeout(Duration::from_mins(1))
        .acquire_timeout(Duration::from_secs(10))
        .connect_lazy_with(options(path).pragma("query_only", "on"));
    Reader(pool)
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal)
        .busy_timeout(Duration::from_millis(500))
        .disable_statement_logging()
}

#[async_trait]
impl RunTable for File {
    async fn insert(&mut self, rows: Vec<RunRow<'_>>) -> Result<u64, WriteError> {
        let (mut rows, mut inserted) = (rows.into_iter(), 0);
        while rows.len() > 0 {
            // One statement and no transaction: each is a trip to the thread of the connection.
            let size = rows.len().min(LARGEST_INSERT).next_power_of_two();
            let mut insert = sqlx::query(INSERTS[size.ilog2() as usize]);
            for row in rows.by_ref().take(size) {
                insert = insert
                    .bind(row.id)
                    .bind(row.started_at.as_millis())
                    .bind(row.principal)
                    .bind(row.connector)
                    .bind(row.action)
                    .bind(row.connection)
                    .bind(row.code)
                    .bind(row.details)
                    .bind(row.payload);
            }
            let done = within(insert.execute(&mut self.0)).await?;
            inserted += done.rows_affected();
        }
        Ok(inserted)
    }

    async fn delete_before(&mut self, id: Uuid, most: u32) -> Result<u64, WriteError> {
        let delete = sqlx::query(
            "DELETE FROM runs WHERE id IN (SELECT id FROM runs WHERE id < ? ORDER BY id LIMIT ?)",
        );
        let done = within(delete.bind(id).bind(most).execute(&mut self.0)).await?;
        Ok(done.rows_affected())
    }

    async fn first_of_newest(&mut self, most: u64) -> Result<Option<Uuid>, WriteError> {
        let first = sqlx::query_scalar(
            "SELECT id FROM runs ORDER BY id
             LIMIT 1 OFFSET (SELECT max(count(*) - ?, 0) FROM runs)",
        );
        let first = first.bind(i64::try_from(most).unwrap_or(i64::MAX));
        within(first.fetch_optional(&mut self.0)).await
    }

    async fn close(self: Box<Self>) -> Result<(), WriteError> {
        within(self.0.close()).await
    }
}

/// SQLite itself limits how long a statement takes.
async fn within<T>(work: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, WriteError> {
    work.await.map_err(write_error)
}

async fn close(pool: &SqlitePool) {
    pool.close().await;
}

#[expect(clippy::needless_pass_by_value, reason = "it is passed to `map_err`")]
fn write_error(error: sqlx::Error) -> WriteError {
    WriteError {
        is_transient: is_transient(&error),
        reason: error.to_string(),
    }
}

/// Returns whether a retry may succeed: the file is locked, or the disk full or out of reach.
fn is_transient(error: &sqlx::Error) -> bool {
    // The low byte is the primary code: busy, locked, out of memory, read-only, input or output
    // error, full, can't open.
    const TRANSIENT: [i32; 7] = [5, 6, 7, 8, 10, 13, 14];
    crate::sqlite::error::primary(error).is_some_and(|code| TRANSIENT.contains(&code))
}
