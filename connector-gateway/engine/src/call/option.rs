//! The names of call options on each surface, for faults.

use plugwright_sdk::ActionError;
use plugwright_sdk::host::Faults;

use crate::outcome::Surface;

#[derive(Clone, Copy, Debug)]
pub(crate) enum CallOption {
    Timeout,
    Fields,
    Cursor,
    Headers,
    IdempotencyKey,
}

impl CallOption {
    /// Returns the option's path in a request of this surface.
    pub(crate) const fn path(self, surface: Surface) -> &'static str {
        match (self, surface) {
            (Self::Timeout, Surface::Action) => "options.timeoutMs",
            (Self::Timeout, _) => "timeout",
            (Self::Fields, Surface::Action) => "options.fields",
            (Self::Fields, _) => "fields",
            (Self::Cursor, Surface::Action) => "options.cursor",
            (Self::Cursor, _) => "cursor",
            (Self::Headers, Surface::Action) => "options.headers",
            (Self::Headers, _) => "headers",
            (Self::IdempotencyKey, _) => "Idempotency-Key",
        }
    }

    /// Creates the error of an invalid option; `message` continues the name.
    pub(crate) fn refused(self, surface: Surface, message: impl Into<String>) -> ActionError {
        ActionError::invalid_param(self.path(surface), message)
    }

    /// Returns the faults of an error about this option, under the caller's name for it.
    pub(crate) fn faults(self, surface: Surface, error: ActionError) -> Faults {
        let faults = error.into_faults();
        faults.renamed(|_| self.path(surface).to_owned())
    }
}
