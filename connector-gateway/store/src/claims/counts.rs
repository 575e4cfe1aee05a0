//! Counts stored claims per principal without a query for each call.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::{ClaimRoom, StoreError};

/// The stored claims of each principal: read from the database once, then updated with what this
/// process adds and removes.
#[derive(Debug, Default)]
pub(crate) struct ClaimCounts(Mutex<HashMap<String, ClaimRoom>>);

impl ClaimCounts {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, ClaimRoom>> {
        // No panic under this lock leaves an inconsistent value.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn knows(&self, principal: &str) -> bool {
        self.lock().contains_key(principal)
    }

    /// Sets counts that were read from the database, unless they are already known.
    pub(crate) fn learn(&self, principal: &str, stored: ClaimRoom) {
        self.lock().entry(principal.to_owned()).or_insert(stored);
    }

    /// Counts one more claim; [`StoreError::TooMany`] if there is no room.
    pub(crate) fn reserve<'a>(
        &'a self,
        principal: &'a str,
        room: ClaimRoom,
    ) -> Result<Reserved<'a>, StoreError> {
        if let Some(stored) = self.lock().get_mut(principal) {
            if stored.keys >= room.keys {
                return Err(StoreError::TooMany(ClaimRoom::KEYS));
            }
            if stored.bytes >= room.bytes {
                return Err(StoreError::TooMany(ClaimRoom::BYTES));
            }
            stored.keys += 1;
        }
        Ok(Reserved {
            counts: self,
            principal: Some(principal),
        })
    }

    pub(crate) fn remove(&self, principal: &str) {
        if let Some(stored) = self.lock().get_mut(principal) {
            stored.keys = stored.keys.saturating_sub(1);
        }
    }

    pub(crate) fn add_outcome(&self, principal: &str, bytes: usize) {
        if let Some(stored) = self.lock().get_mut(principal) {
            stored.bytes = stored.bytes.saturating_add(bytes);
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
