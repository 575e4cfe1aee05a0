//! Where records are kept, as the writer and readers see it: the table `runs` of some database.

use std::fmt;

use async_trait::async_trait;
use uuid::Uuid;

use super::RunLogError;
use super::query::RunFilter;
use super::row::{Found, RunEntry};

/// A record as it is written.
#[derive(Debug)]
pub(super) struct Row<'a> {
    pub(super) id: Uuid,
    pub(super) started_at: i64,
    pub(super) principal: &'a str,
    pub(super) connector: Option<&'a str>,
    pub(super) action: Option<&'a str>,
    pub(super) connection: Option<Uuid>,
    pub(super) code: Option<&'static str>,
    pub(super) details: String,
    pub(super) payload: Option<String>,
}

/// Why something could not be written.
#[derive(Debug)]
pub(super) struct Trouble {
    /// Whether the same may work later.
    pub(super) may_pass: bool,
    pub(super) reason: String,
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

/// The table, for the one task that writes.
#[async_trait]
pub(super) trait Table: Send + Sync {
    /// Inserts rows, all or none; returns how many there are now that were not there before. An id
    /// that is there already is a mistake of the caller, and must not cost its batch.
    async fn insert(&mut self, rows: &[Row<'_>]) -> Result<u64, Trouble>;

    /// Deletes up to `most` records with a lower id; returns how many.
    async fn delete_before(&mut self, id: Uuid, most: u32) -> Result<u64, Trouble>;

    /// Returns the lowest id of the newest `most` records.
    async fn first_of_newest(&mut self, most: u64) -> Result<Option<Uuid>, Trouble>;

    /// Ends what the table has open.
    async fn close(self: Box<Self>) -> Result<(), Trouble>;
}

/// The table, for those who read.
#[async_trait]
pub(super) trait Reader: fmt::Debug + Send + Sync {
    /// Returns up to `most` of the records that a filter lets through, the newest first.
    async fn find(&self, filter: &RunFilter, most: u32) -> Result<Vec<Found>, RunLogError>;

    /// Returns one record, with its payload if that was kept.
    async fn run(&self, id: Uuid) -> Result<Option<RunEntry>, RunLogError>;

    /// Ends what the readers have open.
    async fn close(&self);
}
