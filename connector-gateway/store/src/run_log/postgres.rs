//! The log in the PostgreSQL database of the store, where all processes on it write theirs.

use std::time::Duration;

use async_trait::async_trait;
use sqlx::postgres::PgPool;
use tokio::time::timeout;
use uuid::Uuid;

use super::{FoundRun, RunFilter, RunLogError, RunReader, RunRow, RunTable, Trouble, query, row};
use crate::postgres::error::{reason, sqlstate};
use crate::postgres::sql::is_no_text;

/// How long anything may take. The server's own limits are shorter; this one is for a server that
/// says nothing at all.
const PATIENCE: Duration = Duration::from_secs(6);

/// How long connections may take to be closed.
const CLOSING: Duration = Duration::from_secs(3);

/// The table, with a connection of its own, so that records never wait for calls nor calls for
/// records.
pub(super) struct Database(pub(super) PgPool);

async fn within<T>(
    work: impl Future<Output = Result<T, sqlx::Error>> + Send,
) -> Result<T, Trouble> {
    match timeout(PATIENCE, work).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => Err(Trouble {
            may_pass: may_pass(&error),
            reason: reason(&error),
        }),
        Err(_) => Err(Trouble {
            may_pass: true,
            reason: "the database does not answer".to_owned(),
        }),
    }
}

/// Closes connections, but does not wait without end for a server that is gone.
async fn close(pool: &PgPool) {
    // What is left open the system closes with the process.
    let _ = timeout(CLOSING, pool.close()).await;
}

/// Tells whether the same may work later: whatever is not about the values.
fn may_pass(error: &sqlx::Error) -> bool {
    let state = sqlstate(error);
    let class = state.as_deref().and_then(|state| state.get(..2));
    !matches!(class, Some("22" | "23" | "54")) && !matches!(error, sqlx::Error::Encode(_))
}

#[async_trait]
impl RunTable for Database {
    async fn insert(&mut self, rows: &[RunRow<'_>]) -> Result<u64, Trouble> {
        fn column<'r, T>(rows: &'r [RunRow<'_>], value: impl Fn(&'r RunRow<'_>) -> T) -> Vec<T> {
            rows.iter().map(value).collect()
        }
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

    async fn delete_before(&mut self, id: Uuid, most: u32) -> Result<u64, Trouble> {
        // Other processes delete too; who comes second leaves to the first what that one has begun.
        let delete = sqlx::query(
            "DELETE FROM runs WHERE id IN
               (SELECT id FROM runs WHERE id < $1 ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED)",
        )
        .bind(id)
        .bind(i64::from(most));
        let done = within(delete.execute(&self.0)).await?;
        Ok(done.rows_affected())
    }

    async fn first_of_newest(&mut self, most: u64) -> Result<Option<Uuid>, Trouble> {
        let first = sqlx::query_scalar(
            "SELECT id FROM runs ORDER BY id
             LIMIT 1 OFFSET (SELECT greatest(count(*) - $1, 0) FROM runs)",
        )
        .bind(i64::try_from(most).unwrap_or(i64::MAX));
        within(first.fetch_optional(&self.0)).await
    }

    async fn close(self: Box<Self>) -> Result<(), Trouble> {
        close(&self.0).await;
        Ok(())
    }
}

/// The table, for reading: not through the connection that writes.
#[derive(Debug)]
pub(super) struct DatabaseReader(pub(super) PgPool);

#[async_trait]
impl RunReader for DatabaseReader {
    async fn find(
        &self,
        filter: &RunFilter,
        before: Option<Uuid>,
        most: u32,
    ) -> Result<Vec<FoundRun>, RunLogError> {
        let texts = [&filter.action, &filter.connector, &filter.principal];
        if texts.into_iter().flatten().any(|text| is_no_text(text)) {
            return Ok(Vec::new());
        }
        let mut query = query::select(filter, before, most);
        let rows = within(query.build().fetch_all(&self.0)).await;
        Ok(rows.map_err(unavailable)?.iter().map(row::found).collect())
    }

    async fn run(&self, id: Uuid) -> Result<Option<RunRow<'static>>, RunLogError> {
        let mut query = query::select_one(id);
        let found = within(query.build().fetch_optional(&self.0)).await;
        found
            .map_err(unavailable)?
            .map(|found| row::read(&found).map_err(RunLogError::Unavailable))
            .transpose()
    }

    async fn close(&self) {
        close(&self.0).await;
    }
}

fn unavailable(trouble: Trouble) -> RunLogError {
    RunLogError::Unavailable(trouble.reason)
}
