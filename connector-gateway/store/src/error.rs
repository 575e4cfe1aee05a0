//! Errors of a store, and how callers see them.

use std::fmt::Display;
use std::time::Duration;

use plugwright_sdk::{ActionError, ErrorCode};

plugwright_sdk::__spelled! {
    /// A kind of stored record.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    #[expect(missing_docs, reason = "the names say it")]
    pub enum RecordKind {
        Claim = "claim",
        Connection = "connection",
        ConnectionRequest = "connection request",
        Credential = "credential",
        DatabasePage = "page of the database",
        DeletedConnection = "deleted connection",
        KeyCheck = "key check",
        Lease = "lease",
        McpSession = "MCP session",
        OAuthClient = "OAuth client",
        OperatorToken = "operator's token",
        Organization = "organization",
        Project = "project",
        ProviderConfig = "provider config",
        Token = "token",
    }
}

impl RecordKind {
    /// Returns the error of a caller who names a record that does not exist.
    pub fn missing(self, id: impl Display) -> ActionError {
        ActionError::new(ErrorCode::NotFound, format!("there is no {self} `{id}`"))
    }
}

/// The name is in use.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is in use")]
pub struct NameTaken(pub String);

/// A store operation failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the messages name the fields")]
pub enum StoreError {
    /// A name is in use.
    #[error(transparent)]
    NameTaken(#[from] NameTaken),
    /// The record does not exist, or no longer.
    #[error("there is no such {0}")]
    NotFound(RecordKind),
    /// The record was changed concurrently.
    #[error("the {0} was changed by someone else in the meantime")]
    Changed(RecordKind),
    /// The principal is at its limit.
    #[error("too many {0}")]
    TooMany(&'static str),
    /// It still has connections.
    #[error("it still has connections")]
    NotEmpty,
    /// Tokens name it, from when there was another of its name.
    #[error("active tokens still name an earlier one of this name")]
    Named,
    /// The store can't be reached or is overloaded; a retry may succeed.
    #[error("the store is not available: {0}")]
    Unavailable(String),
    /// A stored record can't be read.
    #[error("a stored {kind} can't be read: {reason}")]
    Corrupt { kind: RecordKind, reason: String },
}

/// When to retry at a limit of open or stored records.
const FULL: Duration = Duration::from_mins(1);

impl From<StoreError> for ActionError {
    fn from(error: StoreError) -> Self {
        let message = error.to_string();
        match error {
            StoreError::NameTaken(_)
            | StoreError::Changed(_)
            | StoreError::NotEmpty
            | StoreError::Named => Self::new(ErrorCode::Conflict, message),
            StoreError::TooMany(_) => {
                Self::new(ErrorCode::RateLimited, message).with_retry_after(FULL)
            }
            StoreError::NotFound(_) => Self::new(ErrorCode::NotFound, message),
            StoreError::Unavailable(_) => Self::new(ErrorCode::Unavailable, message),
            // The caller can only have the record created again.
            StoreError::Corrupt { kind, .. } => Self::new(
                match kind {
                    RecordKind::Connection => ErrorCode::CredentialExpired,
                    RecordKind::Token => ErrorCode::Unauthorized,
                    RecordKind::Claim => ErrorCode::OutcomeUnknown,
                    RecordKind::Project | RecordKind::ProviderConfig | RecordKind::OAuthClient => {
                        ErrorCode::ProviderNotConfigured
                    }
                    RecordKind::ConnectionRequest => ErrorCode::Conflict,
                    _ => ErrorCode::InternalError,
                },
                format!("{message}; the {kind} is damaged: delete it and create it again"),
            ),
        }
        .with_source(error)
    }
}
