//! Reading the log.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use plugwright_sdk::ErrorCode;
use schemars::JsonSchema;
use serde::Serialize;
use sqlx::QueryBuilder;
use sqlx::sqlite::{Sqlite, SqlitePool};
use uuid::Uuid;

use super::RunLogError;
use super::row::{self, RunEntry};
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

pub(super) async fn find(readers: &SqlitePool, filter: &RunFilter) -> Result<RunPage, RunLogError> {
    let limit = filter.limit.unwrap_or(PAGE).clamp(1, LARGEST_PAGE);
    let mut rows = query(filter, limit)?
        .build()
        .fetch_all(readers)
        .await
        .map_err(unavailable)?;
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let items = rows
        .iter()
        .map(|found| row::entry(found).map_err(RunLogError::Unavailable))
        .collect::<Result<Vec<_>, _>>()?;
    let cursor = items
        .last()
        .filter(|_| more)
        .map(|last| URL_SAFE_NO_PAD.encode(last.id));
    Ok(RunPage { items, cursor })
}

fn query(filter: &RunFilter, limit: u32) -> Result<QueryBuilder<Sqlite>, RunLogError> {
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
        query
            .push(" AND connection = ")
            .push_bind(connection.as_bytes().to_vec());
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
            .filter(|bytes| bytes.len() == 16)
            .ok_or_else(|| RunLogError::Cursor(cursor.clone()))?;
        query.push(" AND id < ").push_bind(id);
    }
    query.push(" ORDER BY id DESC LIMIT ").push_bind(limit + 1);
    Ok(query)
}

pub(super) async fn run(readers: &SqlitePool, id: Uuid) -> Result<Option<RunEntry>, RunLogError> {
    let mut query = QueryBuilder::<Sqlite>::new(COLUMNS);
    query
        .push(", payload FROM runs WHERE id = ")
        .push_bind(id.as_bytes().to_vec());
    let found = query
        .build()
        .fetch_optional(readers)
        .await
        .map_err(unavailable)?;
    found
        .map(|found| row::entry(&found).map_err(RunLogError::Unavailable))
        .transpose()
}

/// Returns the lowest id of version 7 with this time.
pub(super) fn first_id(millis: i64) -> Vec<u8> {
    let millis = millis.clamp(0, (1 << 48) - 1);
    let mut id = millis.to_be_bytes()[2..].to_vec();
    id.resize(16, 0);
    id
}

fn unavailable(error: impl std::fmt::Display) -> RunLogError {
    RunLogError::Unavailable(error.to_string())
}
