//! Errors of keys and sealed values.

use std::io;
use std::path::PathBuf;

use plugwright_sdk::{ActionError, ErrorCode, Hint};

use super::KEY_VARIABLE;
use crate::StoreError;

/// An error of the vault. No message contains a key or a secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the messages name the fields")]
pub enum VaultError {
    /// The store contains sealed secrets, but there is no key.
    #[error(
        "the key file `{}` is missing, but the store was sealed with it; restore it from a backup, give this process the key of the others on the same store, or start anew, with a new data directory and, if `database_url` is set, an empty database",
        .0.display()
    )]
    KeyMissing(PathBuf),
    /// The key file can't be read or written.
    #[error("the key file `{}` can't be used: {reason}", .path.display())]
    KeyFile { path: PathBuf, reason: io::Error },
    /// The text is not a key.
    #[error("{place} {problem}; a key is 32 bytes in base64, as `openssl rand -base64 32` prints")]
    Malformed { place: String, problem: String },
    /// The keys are not those of the store.
    #[error(
        "{place} holds the wrong key: the store was sealed with key {needed}, this is {}",
        .given.join(", ")
    )]
    WrongKey {
        place: String,
        given: Vec<String>,
        needed: String,
    },
    /// A value was sealed with an unknown key.
    #[error("a value is sealed with key {0}, which the vault does not have")]
    UnknownKey(String),
    /// A sealed value does not open.
    #[error("a sealed value was changed, or belongs to another record")]
    Tampered,
    /// A connection's credential does not open, or is not a credential.
    #[error("the stored credential of connection `{name}` is damaged: {reason}")]
    Credential {
        name: String,
        reason: Box<VaultError>,
    },
    /// Other processes on the store could not open what this one would seal.
    #[error(
        "key {key} comes first, but {processes} running replica(s) lack it: add it to {KEY_VARIABLE} of all of them, after the current key, and restart them, then put it first (stopped replicas count for a few seconds)"
    )]
    NotEverywhere { key: String, processes: u64 },
    /// A key file belongs to one process, but others use the store.
    #[error(
        "a new key in this process's key file would be unknown to {processes} other running replica(s): set {KEY_VARIABLE} for all of them instead"
    )]
    FileOfOne { processes: u64 },
    /// Temporary keys can't be rotated.
    #[error("this vault has a key for this process alone, which can't be rotated")]
    NotRotatable,
    /// The system's random numbers or cipher failed.
    #[error("the system's cryptography does not work")]
    Cryptography,
    /// The store can't be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl VaultError {
    /// Returns whether the value is damaged, rather than the vault.
    pub fn is_damage(&self) -> bool {
        matches!(
            self,
            Self::UnknownKey(_) | Self::Tampered | Self::Credential { .. }
        )
    }

    /// Adds the name of the connection to a damaged credential.
    pub(super) fn of_connection(self, name: &str) -> Self {
        if !self.is_damage() {
            return self;
        }
        Self::Credential {
            name: name.to_owned(),
            reason: Box::new(self),
        }
    }
}

impl From<VaultError> for ActionError {
    /// Where keys come from is only logged.
    fn from(error: VaultError) -> Self {
        match error {
            VaultError::Store(error) => error.into(),
            VaultError::NotEverywhere { .. } | VaultError::FileOfOne { .. } => {
                Self::new(ErrorCode::Conflict, error.to_string())
            }
            VaultError::Credential { ref name, .. } => {
                let message = format!(
                    "the stored credential of connection `{name}` is damaged; the account must \
                     be reconnected"
                );
                Self::new(ErrorCode::CredentialExpired, message).with_source(error)
            }
            error => Self::new(
                ErrorCode::InternalError,
                "the vault can't seal or open a secret",
            )
            .with_hint(Hint::Abort)
            .with_source(error),
        }
    }
}
