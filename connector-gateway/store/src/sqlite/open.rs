//! Opening of the database, and its schema.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::Connection as _;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use uuid::Uuid;

use super::SqliteStore;
use super::error::{code, primary};
use crate::data_directory::check_database;

/// A database can't be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Its schema is newer than this program.
    #[error(
        "the database `{}` was written by a newer version (schema {found}, this one knows {known}); start that version or restore a backup",
        .path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// The newest that this program knows.
        known: i64,
    },
    /// The file is something else.
    #[error("`{}` is not a database of this program", .0.display())]
    NotOurs(PathBuf),
    /// The file is damaged.
    #[error("the database `{}` is damaged; restore a backup", .0.display())]
    Damaged(PathBuf),
    /// Another process holds it.
    #[error("the database `{}` is locked by another process", .0.display())]
    Locked(PathBuf),
    /// It can't be read or written.
    #[error("the database `{}` can't be opened: {reason}", .path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
}

/// The steps from an empty database to the present schema. The number of steps that were done is
/// the database's `user_version`.
const MIGRATIONS: &[&str] = &[
    include_str!("../../migrations/sqlite/0001_state.sql"),
    include_str!("../../migrations/sqlite/0002_mcp_sessions.sql"),
    include_str!("../../migrations/sqlite/0003_accounts.sql"),
    include_str!("../../migrations/sqlite/0004_ended_connections.sql"),
    include_str!("../../migrations/sqlite/0005_quotas.sql"),
];

/// What stands in the header of our databases: "Plwg".
const APPLICATION_ID: i64 = 0x506c_7767;

/// Readers. More would not read faster on the machines that SQLite is for.
const READERS: u32 = 4;

/// How long a change waits for another one.
const PATIENCE: Duration = Duration::from_secs(5);

impl SqliteStore {
    /// Opens a database file, which is made for its owner alone if it does not exist, and brings
    /// its schema up to date.
    ///
    /// # Errors
    ///
    /// If the file is damaged, of another program, of a newer version, or can't be used.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        let path = path.as_ref();
        check_database(path).map_err(|reason| OpenError::Unusable {
            path: path.to_owned(),
            reason: reason.to_string(),
        })?;
        // A file of another program is not to be changed, not even to another journal.
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
            // SQLite itself takes a change back that finds the disk full. The connection still
            // counts it, and would refuse every other from then on.
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
        })
    }

    /// Opens a database that ends with the process, for tests and for use without a disk.
    ///
    /// # Errors
    ///
    /// If there is no memory.
    pub async fn in_memory() -> Result<Self, OpenError> {
        let options = SqliteConnectOptions::new()
            .in_memory(true)
            .foreign_keys(true);
        // Each connection to memory is a database of its own, so there is one.
        let only = pool(1).connect_lazy_with(options);
        migrate(&only, Path::new(":memory:")).await?;
        Ok(Self {
            writer: only.clone(),
            readers: only,
            instance: Uuid::new_v4(),
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

/// Returns the schema of the database; 0 for an empty one.
async fn schema(database: &SqlitePool, path: &Path) -> Result<i64, OpenError> {
    let (version, application, tables): (i64, i64, i64) = sqlx::query_as(
        "SELECT user_version, application_id, (SELECT count(*) FROM sqlite_schema)
         FROM pragma_user_version, pragma_application_id",
    )
    .fetch_one(database)
    .await
    .map_err(|error| open_error(&error, path))?;
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
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
    let done = usize::try_from(done).unwrap_or_default();
    for (index, step) in MIGRATIONS.iter().enumerate().skip(done) {
        let mut change = writer.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
        sqlx::raw_sql(*step)
            .execute(&mut *change)
            .await
            .map_err(failed)?;
        // A pragma takes no parameters; these are numbers of this file.
        let marks = format!(
            "PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {}",
            index + 1
        );
        sqlx::raw_sql(sqlx::AssertSqlSafe(marks))
            .execute(&mut *change)
            .await
            .map_err(failed)?;
        change.commit().await.map_err(failed)?;
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
