//! The log in a SQLite file of its own.

use std::sync::LazyLock;

use async_trait::async_trait;
use sqlx::Connection as _;
use sqlx::sqlite::{SqliteConnection, SqlitePool};
use uuid::Uuid;

use super::{FoundRun, RunFilter, RunLogError, RunReader, RunRow, RunTable, Trouble, query, row};

/// How many rows one statement inserts. Statements of few sizes are prepared once and kept.
const SIZES: [usize; 5] = [256, 64, 16, 4, 1];

/// How many rows each of the statements inserts, the largest first.
static INSERTS: LazyLock<[(usize, &'static str); SIZES.len()]> = LazyLock::new(|| {
    SIZES.map(|size| {
        let rows = vec!["(?,?,?,?,?,?,?,?,?)"; size].join(",");
        let statement = format!(
            "INSERT INTO runs (id, started_at, principal, connector, action, connection, code, \
             details, payload) VALUES {rows} ON CONFLICT (id) DO NOTHING"
        );
        (size, &*statement.leak())
    })
});

/// The file, open for writing.
pub(super) struct File(pub(super) SqliteConnection);

impl File {
    /// Inserts rows in one transaction, as each one writes the pages anew that the one before it left
    /// half full. After an error it may still be open.
    async fn insert_together(&mut self, rows: &[RunRow<'_>]) -> Result<u64, sqlx::Error> {
        sqlx::query("BEGIN").execute(&mut self.0).await?;
        let (mut rest, mut inserted) = (rows, 0);
        for (size, statement) in *INSERTS {
            while let Some((portion, after)) = rest.split_at_checked(size) {
                let mut query = sqlx::query(statement);
                for row in portion {
                    query = query
                        .bind(row.id)
                        .bind(row.started_at.as_millis())
                        .bind(&*row.principal)
                        .bind(row.connector.as_deref())
                        .bind(row.action.as_deref())
                        .bind(row.connection)
                        .bind(row.code.as_deref())
                        .bind(&row.details)
                        .bind(row.payload.as_deref());
                }
                inserted += query.execute(&mut self.0).await?.rows_affected();
                rest = after;
            }
        }
        sqlx::query("COMMIT").execute(&mut self.0).await?;
        Ok(inserted)
    }
}

#[async_trait]
impl RunTable for File {
    async fn insert(&mut self, rows: &[RunRow<'_>]) -> Result<u64, Trouble> {
        let inserted = self.insert_together(rows).await;
        if inserted.is_err() {
            // SQLite has ended the transaction itself after most errors; then this is refused.
            let _ = sqlx::query("ROLLBACK").execute(&mut self.0).await;
        }
        inserted.map_err(trouble)
    }

    async fn delete_before(&mut self, id: Uuid, most: u32) -> Result<u64, Trouble> {
        sqlx::query(
            "DELETE FROM runs WHERE id IN (SELECT id FROM runs WHERE id < ? ORDER BY id LIMIT ?)",
        )
        .bind(id)
        .bind(most)
        .execute(&mut self.0)
        .await
        .map(|deleted| deleted.rows_affected())
        .map_err(trouble)
    }

    async fn first_of_newest(&mut self, most: u64) -> Result<Option<Uuid>, Trouble> {
        sqlx::query_scalar(
            "SELECT id FROM runs ORDER BY id
             LIMIT 1 OFFSET (SELECT max(count(*) - ?, 0) FROM runs)",
        )
        .bind(i64::try_from(most).unwrap_or(i64::MAX))
        .fetch_optional(&mut self.0)
        .await
        .map_err(trouble)
    }

    async fn close(self: Box<Self>) -> Result<(), Trouble> {
        self.0.close().await.map_err(trouble)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is given to `map_err`")]
fn trouble(error: sqlx::Error) -> Trouble {
    Trouble {
        may_pass: may_pass(&error),
        reason: error.to_string(),
    }
}

/// Tells whether the same may work later: the file is locked, the disk full or out of reach.
fn may_pass(error: &sqlx::Error) -> bool {
    // The low byte is the primary code: busy, locked, out of memory, read-only, input or output
    // error, full, can't open.
    const PASSING: [i32; 7] = [5, 6, 7, 8, 10, 13, 14];
    let code = error
        .as_database_error()
        .and_then(|error| error.code()?.parse::<i32>().ok());
    code.is_some_and(|code| PASSING.contains(&(code & 0xff)))
}

/// The file, open for reading.
#[derive(Debug)]
pub(super) struct FileReader(pub(super) SqlitePool);

#[async_trait]
impl RunReader for FileReader {
    async fn find(
        &self,
        filter: &RunFilter,
        before: Option<Uuid>,
        most: u32,
    ) -> Result<Vec<FoundRun>, RunLogError> {
        let mut query = query::select(filter, before, most);
        let rows = query.build().fetch_all(&self.0).await;
        Ok(rows.map_err(unavailable)?.iter().map(row::found).collect())
    }

    async fn run(&self, id: Uuid) -> Result<Option<RunRow<'static>>, RunLogError> {
        let mut query = query::select_one(id);
        let found = query.build().fetch_optional(&self.0).await;
        found
            .map_err(unavailable)?
            .map(|found| row::read(&found).map_err(RunLogError::Unavailable))
            .transpose()
    }

    async fn close(&self) {
        self.0.close().await;
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is given to `map_err`")]
fn unavailable(error: sqlx::Error) -> RunLogError {
    RunLogError::Unavailable(error.to_string())
}
