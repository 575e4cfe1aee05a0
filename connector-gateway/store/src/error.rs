//! What a store can't do, and what callers are told of it.

use std::time::Duration;

use plugwright_sdk::{ActionError, ErrorCode};

/// The name is in use.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is in use")]
pub struct NameTaken(pub String);

/// The store could not do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// A name is in use.
    #[error(transparent)]
    NameTaken(#[from] NameTaken),
    /// There is no such record, or no longer.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// The record was changed by someone else in the meantime.
    #[error("the {0} was changed by someone else in the meantime")]
    Changed(&'static str),
    /// Its principal has as many as it may have.
    #[error("too many {0}")]
    TooMany(&'static str),
    /// There are still connections of it.
    #[error("it still has connections")]
    NotEmpty,
    /// The store can't be reached or is overloaded; the same may work later.
    #[error("the store is not available: {0}")]
    Unavailable(String),
    /// What is stored can't be read.
    #[error("a stored {what} can't be read: {reason}")]
    Corrupt {
        /// Which record.
        what: &'static str,
        /// Why not.
        reason: String,
    },
}

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
