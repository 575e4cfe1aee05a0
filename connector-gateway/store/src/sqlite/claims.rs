//! Idempotency claims that are specific to SQLite.

use super::SqliteStore;
use super::sql::Record;
use crate::{Claim, StoreError};

/// A claim whose statement is running. SQLite responds to every statement.
pub(super) struct Pending;

impl Pending {
    pub(super) fn new(_: &SqliteStore, _: &Claim) -> Self {
        Self
    }

    #[expect(clippy::unused_self, reason = "PostgreSQL's has something to settle")]
    pub(super) fn settle(self) {}
}

pub(super) fn key_column(key: &str) -> &str {
    key
}

/// Reads the column.
pub(super) fn read_key(record: &Record<'_>) -> Result<String, StoreError> {
    record.get("key")
}
