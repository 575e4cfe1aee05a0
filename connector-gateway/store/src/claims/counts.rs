//! Counts stored claims per principal without a query for each call.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The number of stored claims per principal: read from the database once, then updated with what
/// this process adds and removes.
#[derive(Debug, Default)]
pub(crate) struct ClaimCounts(Mutex<HashMap<String, usize>>);

impl ClaimCounts {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, usize>> {
        // No panic under this lock leaves an inconsistent value.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns whether the count of a principal is known.
    pub(crate) fn knows(&self, principal: &str) -> bool {
        self.lock().contains_key(principal)
    }

    /// Sets a count that was read from the database, unless it is already known.
    pub(crate) fn learn(&self, principal: &str, count: usize) {
        self.lock().entry(principal.to_owned()).or_insert(count);
    }

    /// Counts one more claim, if there are fewer than `most`.
    pub(crate) fn reserve<'a>(&'a self, principal: &'a str, most: usize) -> Option<Reserved<'a>> {
        let mut counts = self.lock();
        let count = counts.get_mut(principal)?;
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(Reserved {
            counts: self,
            principal: Some(principal),
        })
    }

    /// Counts one claim less.
    pub(crate) fn remove(&self, principal: &str) {
        if let Some(count) = self.lock().get_mut(principal) {
            *count = count.saturating_sub(1);
        }
    }

    /// Clears all counts, so that they are read again.
    pub(crate) fn forget(&self) {
        self.lock().clear();
    }
}

/// A counted claim, which is no longer counted once this is dropped.
pub(crate) struct Reserved<'a> {
    counts: &'a ClaimCounts,
    principal: Option<&'a str>,
}

impl Reserved<'_> {
    /// Keeps the claim counted.
    pub(crate) fn keep(mut self) {
        self.principal = None;
    }
}

impl Drop for Reserved<'_> {
    fn drop(&mut self) {
        if let Some(principal) = self.principal {
            self.counts.remove(principal);
        }
    }
}
