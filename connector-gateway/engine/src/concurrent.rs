//! Changes of records that others may change at the same time.

use plugwright_store::StoreError;

/// Most attempts to apply a change.
pub(crate) const ATTEMPTS: u32 = 5;

/// The attempts to read a record and to store it changed.
#[derive(Default)]
pub(crate) struct Attempts(u32);

impl Attempts {
    /// Counts an attempt. Returns whether to make another one, since someone else changed the record
    /// in the meantime.
    pub(crate) fn go_on<T>(&mut self, done: &Result<T, StoreError>) -> bool {
        self.0 += 1;
        matches!(done, Err(StoreError::Changed(_))) && self.0 < ATTEMPTS
    }
}
