//! Idempotency claims that are specific to PostgreSQL: a response may be lost.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::error::store_error;
use super::sql::Record;
use super::sql::claims::release;
use super::{PATIENCE, PostgresStore, Shared, lock, within};
use crate::{Claim, StoreError};

/// After this long, no statement without a response is still running.
const SETTLED: Duration = Duration::from_secs(30);

/// A claim whose statement is running. If this is dropped before it is settled, the row may exist
/// without a holder, so that its key would be in use until this process ends.
pub(super) struct Pending<'a> {
    shared: &'a Arc<Shared>,
    claim: Option<&'a Claim>,
}

impl<'a> Pending<'a> {
    pub(super) fn new(store: &'a PostgresStore, claim: &'a Claim) -> Self {
        Self {
            shared: &store.shared,
            claim: Some(claim),
        }
    }

    pub(super) fn settle(mut self) {
        self.claim = None;
    }
}

impl Drop for Pending<'_> {
    fn drop(&mut self) {
        if let Some(claim) = self.claim {
            lock(&self.shared.leftovers).push((claim.clone(), Instant::now()));
        }
    }
}

/// Deletes the rows of claims without a holder.
pub(super) async fn clean_up(shared: &Shared) {
    let leftovers = std::mem::take(&mut *lock(&shared.leftovers));
    let mut rest = leftovers.into_iter();
    while let Some((claim, since)) = rest.next() {
        let deleted = within(PATIENCE, async {
            let done = release(&claim, shared.instance)
                .execute(&shared.service)
                .await;
            done.map(|done| done.rows_affected()).map_err(store_error)
        })
        .await;
        let again = match deleted {
            Ok(0) => since.elapsed() < SETTLED,
            Ok(_) => false,
            Err(_) => true,
        };
        if again {
            lock(&shared.leftovers).push((claim, since));
        }
        if deleted.is_err() {
            lock(&shared.leftovers).extend(rest);
            return;
        }
    }
}

/// Returns a key for its column: as bytes, since text can't contain NUL.
pub(super) fn key_column(key: &str) -> &[u8] {
    key.as_bytes()
}

/// Reads the column.
pub(super) fn read_key(record: &Record<'_>) -> Result<String, StoreError> {
    String::from_utf8(record.get("key")?).map_err(|_| record.corrupt("key", "is not UTF-8"))
}
