//! Reading the log.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use plugwright_sdk::ErrorCode;
use schemars::JsonSchema;
use serde::Serialize;
use sqlx::{Database, Encode, QueryBuilder, Type};
use uuid::Uuid;

use super::RunLogError;
use super::row::RunEntry;
use super::table::Reader;
use crate::time::Timestamp;

/// Which records are wanted; `None` is any.
#[derive(Clone, Debug, Default)]
pub struct RunFilter {
    /// Of this action alone.
    pub action: Option<String>,
    /// Of this connector alone.
    pub connector: Option<String>,
    /// With this connection alone.
    pub connection: Option<Uuid>,
    /// By this principal alone.
    pub principal: Option<String>,
    /// That ended so.
    pub outcome: Option<OutcomeFilter>,
    /// That began at this time or later.
    pub since: Option<Timestamp>,
    /// That began before this time.
    pub until: Option<Timestamp>,
    /// How many; 1 to 200, 50 if not given.
    pub limit: Option<u32>,
    /// Where the page before ended.
    pub cursor: Option<String>,
}

/// How a record must have ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutcomeFilter {
    /// Well.
    Ok,
    /// With any error.
    Error,
    /// With this error.
    Code(ErrorCode),
}

impl std::str::FromStr for OutcomeFilter {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "ok" => Ok(Self::Ok),
            "error" => Ok(Self::Error),
            code => code
                .parse()
                .map(Self::Code)
                .map_err(|_| "must be `ok`, `error` or an error code".to_owned()),
        }
    }
}

/// Some records, the newest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct RunPage {
    /// The records.
    pub items: Vec<RunEntry>,
    /// Where the next page begins; `None` on the last.
    pub cursor: Option<String>,
}

/// How many records a page has if nothing is said.
pub(crate) const PAGE: u32 = 50;
/// How many records a page has at most.
pub(crate) const LARGEST_PAGE: u32 = 200;
/// How far the time in an id may be from the time that the call began.
const SLACK: i64 = 60_000;

const COLUMNS: &str =
    "SELECT id, started_at, principal, connector, action, connection, code, details";

pub(super) async fn find(reader: &dyn Reader, filter: &RunFilter) -> Result<RunPage, RunLogError> {
    let limit = filter.limit.unwrap_or(PAGE).clamp(1, LARGEST_PAGE);
    let mut found = reader.find(filter, limit + 1).await?;
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    // The page after damaged records is reached all the same.
    let cursor = found
        .iter()
        .rev()
        .find_map(|found| found.id)
        .filter(|_| more)
        .map(|last| URL_SAFE_NO_PAD.encode(last));
    let items = found.into_iter().filter_map(|found| found.entry).collect();
    Ok(RunPage { items, cursor })
}

/// Makes the question for up to `most` records, the newest first.
pub(super) fn select<DB>(filter: &RunFilter, most: u32) -> Result<QueryBuilder<DB>, RunLogError>
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
        let from = first_id(since.as_millis().saturating_sub(SLACK));
        query.push(" AND id >= ").push_bind(from);
        query
            .push(" AND started_at >= ")
            .push_bind(since.as_millis());
    }
    if let Some(until) = filter.until {
        let to = first_id(until.as_millis().saturating_add(SLACK));
        query.push(" AND id < ").push_bind(to);
        query
            .push(" AND started_at < ")
            .push_bind(until.as_millis());
    }
    if let Some(cursor) = &filter.cursor {
        let id = URL_SAFE_NO_PAD
            .decode(cursor)
            .ok()
            .and_then(|bytes| Uuid::from_slice(&bytes).ok())
            .ok_or_else(|| RunLogError::Cursor(cursor.clone()))?;
        query.push(" AND id < ").push_bind(id);
    }
    query
        .push(" ORDER BY id DESC LIMIT ")
        .push_bind(i64::from(most));
    Ok(query)
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

/// Returns the lowest id of version 7 with this time.
pub(super) fn first_id(millis: i64) -> Uuid {
    let millis = millis.clamp(0, (1 << 48) - 1).unsigned_abs();
    Uuid::from_u128(u128::from(millis) << 80)
}
