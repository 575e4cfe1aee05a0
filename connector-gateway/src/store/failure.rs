//! What callers are told when the store can't do something.

use plugwright_sdk::{ActionError, ErrorCode};

use super::StoreError;

impl From<StoreError> for ActionError {
    fn from(error: StoreError) -> Self {
        let code = match &error {
            StoreError::NameTaken(_) | StoreError::Changed(_) | StoreError::NotEmpty => {
                ErrorCode::Conflict
            }
            StoreError::NotFound(_) => ErrorCode::NotFound,
            StoreError::Unavailable(_) => ErrorCode::Unavailable,
            StoreError::Corrupt { .. } => ErrorCode::InternalError,
        };
        Self::new(code, error.to_string()).with_source(error)
    }
}
