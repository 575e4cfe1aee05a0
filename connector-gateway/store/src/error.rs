//! What callers are told when the store can't do something.

use std::time::Duration;

use plugwright_sdk::{ActionError, ErrorCode};

use crate::StoreError;

/// Something ends sooner or later that a principal has too many of.
const FULL: Duration = Duration::from_mins(1);

impl From<StoreError> for ActionError {
    fn from(error: StoreError) -> Self {
        let code = match &error {
            StoreError::NameTaken(_) | StoreError::Changed(_) | StoreError::NotEmpty => {
                ErrorCode::Conflict
            }
            StoreError::TooMany(_) => ErrorCode::RateLimited,
            StoreError::NotFound(_) => ErrorCode::NotFound,
            StoreError::Unavailable(_) => ErrorCode::Unavailable,
            StoreError::Corrupt { .. } => ErrorCode::InternalError,
        };
        let wait = matches!(error, StoreError::TooMany(_)).then_some(FULL);
        let told = Self::new(code, error.to_string()).with_source(error);
        match wait {
            Some(wait) => told.with_retry_after(wait),
            None => told,
        }
    }
}
