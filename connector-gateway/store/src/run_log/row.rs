//! Rows as the databases give them.

use std::borrow::Cow;

use sqlx::{ColumnIndex, Decode, Row, Type};
use uuid::Uuid;

use super::{FoundRun, RunRow};
use crate::Timestamp;

/// Reads a row of a list.
pub(super) fn found<'r, R>(row: &'r R) -> FoundRun
where
    R: Row,
    &'static str: ColumnIndex<R>,
    Uuid: Decode<'r, R::Database> + Type<R::Database>,
    String: Decode<'r, R::Database> + Type<R::Database>,
    i64: Decode<'r, R::Database> + Type<R::Database>,
{
    FoundRun {
        id: row.try_get("id").ok(),
        row: read(row),
    }
}

/// Reads a row of all columns.
pub(super) fn read<'r, R>(row: &'r R) -> Result<RunRow<'static>, String>
where
    R: Row,
    &'static str: ColumnIndex<R>,
    Uuid: Decode<'r, R::Database> + Type<R::Database>,
    String: Decode<'r, R::Database> + Type<R::Database>,
    i64: Decode<'r, R::Database> + Type<R::Database>,
{
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
