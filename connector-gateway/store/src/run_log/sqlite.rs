//! The log in a SQLite file of its own.

#[path = "read.rs"]
mod read;

use std::path::Path;
use std::sync::LazyLock;
use std::thread;
use std::time::Duration;

use async_trait::async_trait;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteRow, SqliteSynchronous,
};
use sqlx::{ConnectOptions as _, Connection as _, Sqlite};
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use uuid::Uuid;

use super::{LARGEST_INSERT, RunLogError, RunRow, RunTable, WriteError};
use crate::data_directory::check_database;
use crate::sqlite::open::{apply, count};
pub(super) use read::Reader;

type Database = Sqlite;
type Pool = SqlitePool;
type SqlRow = SqliteRow;

/// How far the writing thread steps back behind those of calls. At full load on two processors it is left a seventh
/// of one, which is more than it takes.
#[cfg(target_os = "linux")]
const NICE: i32 = 5;

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
        let mut connection = connect_behind_calls(options(path)).await.map_err(failed)?;
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

/// Connects from a thread of low priority: sqlx starts a thread for the connection, which inherits it. Calls that
/// are ready to go on then don't wait until a batch is written.
async fn connect_behind_calls(
    options: SqliteConnectOptions,
) -> Result<SqliteConnection, sqlx::Error> {
    let runtime = Handle::current();
    let (done, connected) = oneshot::channel();
    thread::Builder::new().spawn(move || {
        // Elsewhere, the priority is that of the whole process.
        #[cfg(target_os = "linux")]
        if let Err(error) = rustix::process::nice(NICE) {
            tracing::debug!(%error, "the run log is written with the priority of calls");
        }
        let options = options.thread_name(|number| format!("run-log-{number}"));
        // Nobody waits if opening was given up.
        let _ = done.send(runtime.block_on(options.connect()));
    })?;
    connected.await.map_err(|_| sqlx::Error::WorkerCrashed)?
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

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::fs;

    use super::*;

    /// The names and priorities of this process's threads.
    fn threads() -> Vec<(String, i32)> {
        let tasks = fs::read_dir("/proc/self/task").unwrap();
        let stat = |task: std::io::Result<fs::DirEntry>| {
            let stat = fs::read_to_string(task.ok()?.path().join("stat")).ok()?;
            let (_, name) = stat.split_once('(')?;
            let (name, fields) = name.rsplit_once(')')?;
            // `nice` is the 19th field of proc_pid_stat(5), and the name the second.
            let nice = fields.split_whitespace().nth(16)?.parse().ok()?;
            Some((name.to_owned(), nice))
        };
        tasks.filter_map(stat).collect()
    }

    #[tokio::test]
    async fn the_writing_thread_steps_back_and_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let own = threads();
        let file = File::open(&folder.path().join("runs.db")).await.unwrap();
        let writing: Vec<_> = threads()
            .into_iter()
            .filter(|(name, _)| name.starts_with("run-log-"))
            .collect();
        let before = own.iter().map(|(_, nice)| *nice).max().unwrap();
        let [(_, nice)] = &writing[..] else {
            panic!("{writing:?}");
        };
        assert_eq!(*nice, (before + NICE).min(19));
        let rest = threads();
        let rest = rest
            .iter()
            .filter(|(name, _)| !name.starts_with("run-log-"));
        assert!(rest.into_iter().all(|(_, nice)| *nice <= before));
        drop(file);
    }
}
