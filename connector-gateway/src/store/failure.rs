//! What callers are told when the store can't do something.

use std::time::Duration;

use plugwright_sdk::{ActionError, ErrorCode};

use super::StoreError;

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
            // What callers can do about a record that can't be read is to have it made anew.
            StoreError::Corrupt { what, .. } => match *what {
                "connection" => ErrorCode::CredentialExpired,
                "token" => ErrorCode::Unauthorized,
                "claim" => ErrorCode::OutcomeUnknown,
                "project" | "provider config" | "OAuth client" => ErrorCode::ProviderNotConfigured,
                "connection request" => ErrorCode::Conflict,
                _ => ErrorCode::InternalError,
            },
        };
        let wait = matches!(error, StoreError::TooMany(_)).then_some(FULL);
        let message = match &error {
            StoreError::Corrupt { what, .. } => {
                format!("{error}; the {what} is damaged, and has to be deleted and made again")
            }
            _ => error.to_string(),
        };
        let told = Self::new(code, message).with_source(error);
        match wait {
            Some(wait) => told.with_retry_after(wait),
            None => told,
        }
    }
}
