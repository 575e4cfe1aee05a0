//! The questions, for any database.

use std::time::Duration;

use sqlx::{Database, Encode, QueryBuilder, Type};
use uuid::Uuid;

use super::{OutcomeFilter, RunFilter, first_id};

/// How far the time in an id may be from the time that the call began.
const SLACK: Duration = Duration::from_mins(1);

const COLUMNS: &str =
    "SELECT id, started_at, principal, connector, action, connection, code, details";

/// Makes the question for up to `most` records, the newest first.
pub(super) fn select<DB>(filter: &RunFilter, before: Option<Uuid>, most: u32) -> QueryBuilder<DB>
where
    DB: Database,
    for<'q> String: Encode<'q, DB> + Type<DB>,
    for<'q> &'static str: Encode<'q, DB> + Type<DB>,
    for<'q> Uuid: Encode<'q, DB> + Type<DB>,
    for<'q> i64: Encode<'q, DB> + Type<DB>,
{
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
        None => {}
        Some(OutcomeFilter::Ok) => {
            query.push(" AND code IS NULL");
        }
        Some(OutcomeFilter::Error) => {
            query.push(" AND code IS NOT NULL");
        }
        Some(OutcomeFilter::Code(code)) => {
            query.push(" AND code = ").push_bind(code.as_str());
        }
    }
    if let Some(since) = filter.since {
        let from = first_id(since.before(SLACK));
        query.push(" AND id >= ").push_bind(from);
        query
            .push(" AND started_at >= ")
            .push_bind(since.as_millis());
    }
    if let Some(until) = filter.until {
        let to = first_id(until.after(SLACK));
        query.push(" AND id < ").push_bind(to);
        query
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

/// Makes the question for one record.
pub(super) fn select_one<DB>(id: Uuid) -> QueryBuilder<DB>
where
    DB: Database,
    for<'q> Uuid: Encode<'q, DB> + Type<DB>,
{
    let mut query = QueryBuilder::new(COLUMNS);
    query.push(", payload FROM runs WHERE id = ").push_bind(id);
    query
}
