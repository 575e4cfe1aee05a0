//! Migrations of the schema.

use sqlx::postgres::PgConnection;
use sqlx::{ConnectOptions, Connection};
use tokio::time::timeout;

use super::PATIENCE;
use super::open::{PostgresError, SCHEMA, options, translate};
use crate::DatabaseUrl;

/// The migrations from an empty database, each in one transaction.
const MIGRATIONS: &[&str] = &[
    include_str!("../../migrations/postgres/0001_state.sql"),
    include_str!("../../migrations/postgres/0002_runs.sql"),
    include_str!("../../migrations/postgres/0003_mcp_sessions.sql"),
    include_str!("../../migrations/postgres/0004_accounts.sql"),
    include_str!("../../migrations/postgres/0005_ended_connections.sql"),
    include_str!("../../migrations/postgres/0006_quotas.sql"),
    include_str!("../../migrations/postgres/0007_claim_times.sql"),
];

/// The lock that serializes migrations: "Plwg".
const TURN: i64 = 0x506c_7767;

/// The result of a migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Migration {
    /// The previous version; 0 for an empty database.
    pub from: i64,
    /// The present version.
    pub to: i64,
}

/// The version that this program needs.
pub(super) fn known() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

/// Returns the version of the schema; `None` if there is none.
pub(super) async fn schema(connection: &mut PgConnection) -> Result<Option<i64>, sqlx::Error> {
    // Needs no privileges.
    let exists: bool =
        sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = $1)")
            .bind(SCHEMA)
            .fetch_one(&mut *connection)
            .await?;
    if !exists {
        return Ok(None);
    }
    let marked: bool =
        sqlx::query_scalar("SELECT to_regclass('plugwright.migrations') IS NOT NULL")
            .fetch_one(&mut *connection)
            .await?;
    if !marked {
        return Ok(None);
    }
    let steps: Option<i64> = sqlx::query_scalar("SELECT max(step) FROM plugwright.migrations")
        .fetch_one(&mut *connection)
        .await?;
    Ok(steps)
}

/// Migrates a database, with a role that owns the schema, and grants another role the privileges of
/// a server if one is named. Migrating again changes nothing.
///
/// # Errors
///
/// If the database can't be reached, was migrated by a newer version, or the role lacks a
/// privilege. Each migration is applied completely or not at all.
pub async fn migrate(
    url: &DatabaseUrl,
    grant_to: Option<&str>,
) -> Result<Migration, PostgresError> {
    let failed = |error: sqlx::Error| translate(&error, url);
    let options = options(url, "migrate")?;
    let mut connection = match timeout(PATIENCE, options.connect()).await {
        Ok(connection) => connection.map_err(failed)?,
        Err(_) => return Err(failed(sqlx::Error::PoolTimedOut)),
    };
    let done = in_turn(&mut connection, url, grant_to).await;
    // Nothing is pending; an error here changes nothing.
    let _ = connection.close().await;
    done
}

async fn in_turn(
    connection: &mut PgConnection,
    url: &DatabaseUrl,
    grant_to: Option<&str>,
) -> Result<Migration, PostgresError> {
    let failed = |error: sqlx::Error| translate(&error, url);
    // Held until the connection is closed.
    sqlx::query("SELECT pg_advisory_lock($1)")
        .bind(TURN)
        .execute(&mut *connection)
        .await
        .map_err(failed)?;
    let from = schema(connection).await.map_err(failed)?.unwrap_or(0);
    if from > known() {
        return Err(PostgresError::Newer {
            database: url.to_string(),
            found: from,
            known: known(),
        });
    }
    if let Some(role) = grant_to {
        // Before there are tables that nobody can use.
        sqlx::query("SELECT quote_ident($1)::regrole::text")
            .bind(role)
            .execute(&mut *connection)
            .await
            .map_err(failed)?;
    }
    if from == 0 {
        begin(connection).await.map_err(failed)?;
    }
    for step in from + 1..=known() {
        take(connection, step).await.map_err(failed)?;
    }
    if let Some(role) = grant_to {
        grant(connection, role).await.map_err(failed)?;
    }
    Ok(Migration { from, to: known() })
}

/// Creates the schema, unless it was created for this role.
async fn begin(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    let exists: bool =
        sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = $1)")
            .bind(SCHEMA)
            .fetch_one(&mut *connection)
            .await?;
    if !exists {
        sqlx::raw_sql("CREATE SCHEMA plugwright")
            .execute(&mut *connection)
            .await?;
    }
    sqlx::raw_sql(
        "CREATE TABLE IF NOT EXISTS plugwright.migrations (
           step BIGINT NOT NULL PRIMARY KEY,
           done_at TIMESTAMPTZ NOT NULL DEFAULT now()
         )",
    )
    .execute(&mut *connection)
    .await
    .map(drop)
}

async fn take(connection: &mut PgConnection, step: i64) -> Result<(), sqlx::Error> {
    let script = usize::try_from(step - 1)
        .ok()
        .and_then(|index| MIGRATIONS.get(index))
        .ok_or(sqlx::Error::RowNotFound)?;
    let mut change = connection.begin().await?;
    sqlx::raw_sql(*script).execute(&mut *change).await?;
    sqlx::query("INSERT INTO plugwright.migrations (step) VALUES ($1)")
        .bind(step)
        .execute(&mut *change)
        .await?;
    change.commit().await
}

/// Grants a role what `serve` needs: reading and changing rows, but no DDL.
async fn grant(connection: &mut PgConnection, role: &str) -> Result<(), sqlx::Error> {
    let role = role.replace('"', "\"\"");
    let rights = format!(
        "GRANT USAGE ON SCHEMA plugwright TO \"{role}\";
         GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA plugwright TO \"{role}\";
         REVOKE INSERT, UPDATE, DELETE ON plugwright.migrations FROM \"{role}\""
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(rights))
        .execute(connection)
        .await
        .map(drop)
}
