//! Queries of the table, compiled for each database.

use std::borrow::Cow;
use std::time::Duration;

use async_trait::async_trait;
use sqlx::{QueryBuilder, Row as _};
use uuid::Uuid;

use super::super::{
    FoundRun, OutcomeFilter, RunFilter, RunLogError, RunReader, RunRow, WriteError, first_id,
};
use super::{Database, Pool, SqlRow, close, within};
use crate::Timestamp;

/// How far the time in an id may differ from the start of the call.
const SLACK: Duration = Duration::from_mins(1);

const COLUMNS: &str =
    "SELECT id, started_at, principal, connector, action, connection, code, details";

/// Reads the table on connections separate from the writer's.
#[derive(Debug)]
pub(in crate::run_log) struct Reader(pub(in crate::run_log) Pool);

#[async_trait]
impl RunReader for Reader {
    async fn find(
        &self,
        filter: &RunFilter,
        before: Option<Uuid>,
        most: u32,
    ) -> Result<Vec<FoundRun>, RunLogError> {
        let texts = [&filter.action, &filter.connector, &filter.principal];
        // No column contains NUL, and PostgreSQL rejects a query for it.
        if texts.into_iter().flatten().any(|text| text.contains('\0')) {
            return Ok(Vec::new());
        }
        let mut select = select(filter, before, most);
        let rows = within(select.build().fetch_all(&self.0)).await;
        let found = |row: &SqlRow| FoundRun {
            id: row.try_get("id").ok(),
            row: read(row),
        };
        Ok(rows.map_err(unavailable)?.iter().map(found).collect())
    }

    async fn run(&self, id: Uuid) -> Result<Option<RunRow<'static>>, RunLogError> {
        let mut select = QueryBuilder::<Database>::new(COLUMNS);
        select.push(", payload FROM runs WHERE id = ").push_bind(id);
        let found = within(select.build().fetch_optional(&self.0)).await;
        found
            .map_err(unavailable)?
            .map(|found| read(&found).map_err(RunLogError::Unavailable))
            .transpose()
    }

    async fn close(&self) {
        close(&self.0).await;
    }
}

fn unavailable(error: WriteError) -> RunLogError {
    RunLogError::Unavailable(error.reason)
}

fn select(filter: &RunFilter, before: Option<Uuid>, most: u32) -> QueryBuilder<Database> {
    let mut query = QueryBuilder::new(COLUMNS);
    query.push(", NULL AS payload FROM runs WHERE TRUE");
    for (column, text) in [
        (" AND action = ", &filter.action),
        (" AND connector = ", &filter.connector),
        (" AND principal = ", &filter.principal),
    ] {
        if let Some(text) = text {
            query.push(column).push_bind(text.clone());
        }
    }
    if let Some(connection) = filter.connection {
        query.push(" AND connection = ").push_bind(connection);
    }
    match filter.outcome {
        None => &mut query,
        Some(OutcomeFilter::Ok) => query.push(" AND code IS NULL"),
        Some(OutcomeFilter::Error) => query.push(" AND code IS NOT NULL"),
        Some(OutcomeFilter::Code(code)) => query.push(" AND code = ").push_bind(code.as_str()),
    };
    if let Some(since) = filter.since {
        query
            .push(" AND id >= ")
            .push_bind(first_id(since.before(SLACK)))
            .push(" AND started_at >= ")
            .push_bind(since.as_millis());
    }
    if let Some(until) = filter.until {
        query
            .push(" AND id < ")
            .push_bind(first_id(until.after(SLACK)))
            .push(" AND started_at < ")
            .push_bind(until.as_millis());
    }
    if let Some(id) = before {
        query.push(" AND id < ").push_bind(id);
    }
    query
        .push(" ORDER BY id DESC LIMIT ")
        .push_bind(i64::from(most));
    query
}

fn read(row: &SqlRow) -> Result<RunRow<'static>, String> {
    let columns = || {
        let text = |column| {
            let text: Result<Option<String>, _> = row.try_get(column);
            text.map(|text| text.map(Cow::Owned))
        };
        Ok(RunRow {
            id: row.try_get("id")?,
            started_at: Timestamp::from_millis(row.try_get("started_at")?),
            principal: Cow::Owned(row.try_get("principal")?),
            connector: text("connector")?,
            action: text("action")?,
            connection: row.try_get("connection")?,
            code: text("code")?,
            details: row.try_get("details")?,
            payload: row.try_get("payload")?,
        })
    };
    columns().map_err(|error: sqlx::Error| format!("a record is damaged: {error}"))
}
