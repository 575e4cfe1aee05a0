//! The log in the PostgreSQL database of the store, where all processes on it write theirs.

#[path = "read.rs"]
mod read;

use std::time::Duration;

use async_trait::async_trait;
use sqlx::Postgres;
use sqlx::postgres::{PgPool, PgRow};
use tokio::time::timeout;
use uuid::Uuid;

use super::{RunRow, RunTable, WriteError};
use crate::postgres::error::{reason, sqlstate};
pub(super) use read::Reader;

type Database = Postgres;
type Pool = PgPool;
type SqlRow = PgRow;

/// Timeout of a statement, for a server that doesn't respond at all. The server's own is shorter.
const PATIENCE: Duration = Duration::from_secs(6);

const CLOSING: Duration = Duration::from_secs(3);

/// The table, with a connection of its own, so that records and calls don't wait for each other.
pub(super) struct Table(pub(super) PgPool);

async fn within<T>(
    work: impl Future<Output = Result<T, sqlx::Error>> + Send,
) -> Result<T, WriteError> {
    match timeout(PATIENCE, work).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => Err(WriteError {
            is_transient: is_transient(&error),
            reason: reason(&error),
        }),
        Err(_) => Err(WriteError {
            is_transient: true,
            reason: "the database does not respond".to_owned(),
        }),
    }
}

/// Closes connections, with a timeout for a server that is gone.
async fn close(pool: &PgPool) {
    // The system closes the rest with the process.
    let _ = timeout(CLOSING, pool.close()).await;
}

/// Returns whether a retry may succeed: unless the values are at fault.
fn is_transient(error: &sqlx::Error) -> bool {
    let state = sqlstate(error);
    let class = state.as_deref().and_then(|state| state.get(..2));
    !matches!(class, Some("22" | "23" | "54")) && !matches!(error, sqlx::Error::Encode(_))
}

#[async_trait]
impl RunTable for Table {
    async fn insert(&mut self, rows: Vec<RunRow<'_>>) -> Result<u64, WriteError> {
        fn column<'r, T>(rows: &'r [RunRow<'_>], value: impl Fn(&'r RunRow<'_>) -> T) -> Vec<T> {
            rows.iter().map(value).collect()
        }
        let rows = &*rows;
        // One statement for any number of rows: an array for each column.
        let insert = sqlx::query(
            "INSERT INTO runs (id, started_at, principal, connector, action, connection, code,
               details, payload)
             SELECT * FROM unnest($1::UUID[], $2::BIGINT[], $3::TEXT[], $4::TEXT[], $5::TEXT[],
               $6::UUID[], $7::TEXT[], $8::TEXT[], $9::TEXT[])
             ON CONFLICT (id) DO NOTHING",
        )
        .bind(column(rows, |row| row.id))
        .bind(column(rows, |row| row.started_at.as_millis()))
        .bind(column(rows, |row| &*row.principal))
        .bind(column(rows, |row| row.connector.as_deref()))
        .bind(column(rows, |row| row.action.as_deref()))
        .bind(column(rows, |row| row.connection))
        .bind(column(rows, |row| row.code.as_deref()))
        .bind(column(rows, |row| row.details.as_str()))
        .bind(column(rows, |row| row.payload.as_deref()));
        let done = within(insert.execute(&self.0)).await?;
        Ok(done.rows_affected())
    }

    async fn delete_before(&mut self, id: Uuid, most: u32) -> Result<u64, WriteError> {
        // Other processes delete too; rows that one of them is deleting are skipped.
        let delete = sqlx::query(
            "DELETE FROM runs WHERE id IN
               (SELECT id FROM runs WHERE id < $1 ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED)",
        )
        .bind(id)
        .bind(i64::from(most));
        let done = within(delete.execute(&self.0)).await?;
        Ok(done.rows_affected())
    }

    async fn first_of_newest(&mut self, most: u64) -> Result<Option<Uuid>, WriteError> {
        let first = sqlx::query_scalar(
            "SELECT id FROM runs ORDER BY id
             LIMIT 1 OFFSET (SELECT greatest(count(*) - $1, 0) FROM runs)",
        )
        .bind(i64::try_from(most).unwrap_or(i64::MAX));
        within(first.fetch_optional(&self.0)).await
    }

    async fn close(self: Box<Self>) -> Result<(), WriteError> {
        close(&self.0).await;
        Ok(())
    }
}
