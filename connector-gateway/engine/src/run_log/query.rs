//! Reading the log.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::row::{self, RunEntry};
use plugwright_store::run_log::{RunFilter, RunLogError, RunReader};

/// A page of records, newest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct RunPage {
    /// The records.
    pub items: Vec<RunEntry>,
    /// The cursor of the next page; `None` on the last.
    pub cursor: Option<String>,
}

/// Default size of a page.
pub const PAGE: u32 = 50;
/// Largest size of a page.
pub const LARGEST_PAGE: u32 = 200;
pub(super) async fn find(
    reader: &dyn RunReader,
    filter: &RunFilter,
) -> Result<RunPage, RunLogError> {
    let limit = filter.limit.unwrap_or(PAGE).clamp(1, LARGEST_PAGE);
    let before = filter.cursor.as_deref().map(id_of).transpose()?;
    let mut found = reader.find(filter, before, limit + 1).await?;
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    // The page after damaged records can still be reached.
    let cursor = found
        .iter()
        .rev()
        .find_map(|found| found.id)
        .filter(|_| more)
        .map(|last| URL_SAFE_NO_PAD.encode(last));
    let items = found.into_iter().filter_map(row::listed).collect();
    Ok(RunPage { items, cursor })
}

fn id_of(cursor: &str) -> Result<Uuid, RunLogError> {
    URL_SAFE_NO_PAD
        .decode(cursor)
        .ok()
        .and_then(|bytes| Uuid::from_slice(&bytes).ok())
        .ok_or_else(|| RunLogError::Cursor(cursor.to_owned()))
}
