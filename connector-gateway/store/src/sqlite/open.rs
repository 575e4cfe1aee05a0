//! Opens a database and migrates its schema.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sqlx::Connection as _;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use uuid::Uuid;

use super::SqliteStore;
use super::error::{code, primary};
use crate::data_directory::check_database;

/// A database can't be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the messages name the fields")]
pub enum OpenError {
    /// Its schema is newer than this program.
    #[error(
        "the database `{}` was written by a newer version (schema {found}, this one knows {known}); start that version or restore a backup",
        .path.display()
    )]
    Newer {
        path: PathBuf,
        found: i64,
        known: i64,
    },
    /// The file is not a store.
    #[error("`{}` is not a database of this program", .0.display())]
    NotOurs(PathBuf),
    /// The file is damaged.
    #[error("the database `{}` is damaged; restore a backup", .0.display())]
    Damaged(PathBuf),
    /// Another process has it open.
    #[error("the database `{}` is locked by another process", .0.display())]
    Locked(PathBuf),
    /// It can't be read or written.
    #[error("the database `{}` can't be opened: {reason}", .path.display())]
    Unusable { path: PathBuf, reason: String },
}

/// The migrations from an empty database. The database's `user_version` is the number of those that
/// were applied.
const MIGRATIONS: &[&str] = &[
    include_str!("../../migrations/sqlite/0001_state.sql"),
    include_str!("../../migrations/sqlite/0002_mcp_sessions.sql"),
    include_str!("../../migrations/sqlite/0003_accounts.sql"),
    include_str!("../../migrations/sqlite/0004_ended_connections.sql"),
    include_str!("../../migrations/sqlite/0005_quotas.sql"),
    include_str!("../../migrations/sqlite/0006_claim_times.sql"),
];

/// The application id in the header of our databases: "Plwg".
const APPLICATION_ID: i64 = 0x506c_7767;

/// Readers. More would not be faster on the machines that SQLite is for.
const READERS: u32 = 4;

/// How long a write waits for another one.
const PATIENCE: Duration = Duration::from_secs(5);

impl SqliteStore {
    /// Opens a database file, which is created for its owner alone if it does not exist, and
    /// migrates its schema.
    ///
    /// # Errors
    ///
    /// If the file is damaged, of another program or a newer version, or can't be used.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        let path = path.as_ref();
        check_database(path).map_err(|reason| OpenError::Unusable {
            path: path.to_owned(),
            reason: reason.to_string(),
        })?;
        // A file of another program must not be changed, not even its journal mode.
        let plain = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(false)
            .busy_timeout(PATIENCE);
        let looker = pool(1).connect_lazy_with(plain.clone());
        let schema = schema(&looker, path).await;
        looker.close().await;
        schema?;

        let options = plain
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true);
        let writer = pool(1)
            // SQLite itself rolls back a transaction when the disk is full. The connection would
            // still count it and reject every later one.
            .before_acquire(|connection, _| {
                Box::pin(async move { Ok(!connection.is_in_transaction()) })
            })
            .connect_lazy_with(options.clone());
        migrate(&writer, path).await?;
        let readers = pool(READERS).connect_lazy_with(options.read_only(true));
        Ok(Self {
            writer,
            readers,
            instance: Uuid::new_v4(),
            claim_counts: Arc::default(),
        })
    }

    /// Opens a database in memory, for tests and for use without a disk.
    ///
    /// # Errors
    ///
    /// If memory can't be allocated.
    pub async fn in_memory() -> Result<Self, OpenError> {
        let options = SqliteConnectOptions::new()
            .in_memory(true)
            .foreign_keys(true);
        // Each connection to memory has a database of its own, so there is only one connection.
        let only = pool(1).connect_lazy_with(options);
        migrate(&only, Path::new(":memory:")).await?;
        Ok(Self {
            writer: only.clone(),
            readers: only,
            instance: Uuid::new_v4(),
            claim_counts: Arc::default(),
        })
    }
}

fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(PATIENCE)
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
}

/// Returns the version of the database's schema; 0 for an empty one.
async fn schema(database: &SqlitePool, path: &Path) -> Result<i64, OpenError> {
    let (version, application, tables): (i64, i64, i64) = sqlx::query_as(
        "SELECT user_version, application_id, (SELECT count(*) FROM sqlite_schema)
         FROM pragma_user_version, pragma_application_id",
    )
    .fetch_one(database)
    .await
    .map_err(|error| open_error(&error, path))?;
    let known = count(MIGRATIONS);
    match (application, version) {
        (APPLICATION_ID, version) if version > known => Err(OpenError::Newer {
            path: path.to_owned(),
            found: version,
            known,
        }),
        (APPLICATION_ID, version @ 0..) => Ok(version),
        (0, 0) if tables == 0 => Ok(0),
        _ => Err(OpenError::NotOurs(path.to_owned())),
    }
}

async fn migrate(writer: &SqlitePool, path: &Path) -> Result<(), OpenError> {
    let failed = |error: sqlx::Error| open_error(&error, path);
    let done = schema(writer, path).await?;
    let mark = format!("PRAGMA application_id = {APPLICATION_ID};");
    let mut connection = writer.acquire().await.map_err(failed)?;
    apply(&mut connection, MIGRATIONS, done, &mark)
        .await
        .map_err(failed)
}

/// Returns the version after all migrations.
pub(crate) fn count(migrations: &[&str]) -> i64 {
    i64::try_from(migrations.len()).unwrap_or(i64::MAX)
}

/// Applies the migrations after `done`, each with `mark` in one transaction.
pub(crate) async fn apply(
    connection: &mut SqliteConnection,
    migrations: &[&'static str],
    done: i64,
    mark: &str,
) -> Result<(), sqlx::Error> {
    let done = usize::try_from(done).unwrap_or_default();
    for (index, migration) in migrations.iter().enumerate().skip(done) {
        let mut change = connection.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::raw_sql(*migration).execute(&mut *change).await?;
        // A pragma takes no parameters.
        let marks = format!("{mark} PRAGMA user_version = {}", index + 1);
        sqlx::raw_sql(sqlx::AssertSqlSafe(marks))
            .execute(&mut *change)
            .await?;
        change.commit().await?;
    }
    Ok(())
}

fn open_error(error: &sqlx::Error, path: &Path) -> OpenError {
    let path = path.to_owned();
    match primary(error) {
        Some(code::NOT_A_DATABASE) => OpenError::NotOurs(path),
        Some(code::CORRUPT) => OpenError::Damaged(path),
        Some(code::BUSY | code::LOCKED) => OpenError::Locked(path),
        _ => OpenError::Unusable {
            path,
            reason: match error {
                sqlx::Error::Database(error) => error.message().to_owned(),
                other => other.to_string(),
            },
        },
    }
}

#[cfg(test)]
mod tests;
