//! The file and its schema.

use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection};

use super::RunLogError;
use crate::data_directory::check_database;

/// One script for each version of the schema, in their order.
const MIGRATIONS: [&str; 1] = [
    // The id comes first in time's order, so it serves newest-first lists, periods and retention.
    // The other two indexes are for what people look for: failures (few, so the index is small)
    // and one action's runs. Further filters walk the newest records.
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

/// Opens the file for writing and brings its schema up to date.
pub(super) async fn open(path: &Path) -> Result<SqliteConnection, RunLogError> {
    let refused = |reason: String| RunLogError::Open {
        path: path.to_owned(),
        reason,
    };
    check_database(path).map_err(|error| refused(error.to_string()))?;
    let mut connection = options(path)
        .connect()
        .await
        .map_err(|error| refused(error.to_string()))?;
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    let found: i64 = sqlx::query_scalar("PRAGMA user_version")
        .fetch_one(&mut connection)
        .await
        .map_err(|error| refused(error.to_string()))?;
    if found > known {
        return Err(RunLogError::Newer {
            path: path.to_owned(),
            found,
            known,
        });
    }
    migrate(&mut connection, usize::try_from(found).unwrap_or(0))
        .await
        .map_err(|error| refused(error.to_string()))?;
    Ok(connection)
}

async fn migrate(connection: &mut SqliteConnection, from: usize) -> Result<(), sqlx::Error> {
    for (index, script) in MIGRATIONS.iter().enumerate().skip(from) {
        let mut transaction = connection.begin().await?;
        sqlx::raw_sql(*script).execute(&mut *transaction).await?;
        let version = format!("PRAGMA user_version = {}", index + 1);
        sqlx::raw_sql(sqlx::AssertSqlSafe(version))
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
    }
    Ok(())
}

/// Returns connections that only read; they are opened when they are needed.
pub(super) fn readers(path: &Path) -> SqlitePool {
    SqlitePoolOptions::new()
        .max_connections(2)
        .idle_timeout(Duration::from_mins(1))
        .acquire_timeout(Duration::from_secs(10))
        .connect_lazy_with(options(path).pragma("query_only", "on"))
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal)
        .busy_timeout(Duration::from_millis(500))
        .disable_statement_logging()
}
