//! What goes wrong with keys and sealed values.

use std::io;
use std::path::PathBuf;

use plugwright_sdk::{ActionError, ErrorCode, Hint};

use super::KEY_VARIABLE;
use crate::StoreError;

/// The vault can't do what was asked. No message shows a key or a secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VaultError {
    /// The store has sealed secrets, and there is no key.
    #[error(
        "the key file `{}` is missing, but the store was sealed with it; restore it from a backup, or give this process the key of the others on the same store, or begin with a new data directory",
        .0.display()
    )]
    KeyMissing(PathBuf),
    /// The key file can't be read or written.
    #[error("the key file `{}` can't be used: {reason}", .path.display())]
    KeyFile {
        /// The file.
        path: PathBuf,
        /// Why not.
        reason: io::Error,
    },
    /// Other users can read the key.
    #[error(
        "the key file `{}` is open to other users (mode {mode:03o}); run `chmod 600 {}`",
        .path.display(), .path.display()
    )]
    OpenToOthers {
        /// The file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// A text is not a key.
    #[error("{place} {problem}; a key is 32 bytes in base64, as `openssl rand -base64 32` prints")]
    Malformed {
        /// Where the text is.
        place: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The keys are not those of the store.
    #[error(
        "{place} holds the wrong key: the store was sealed with key {needed}, this is {}",
        .given.join(", ")
    )]
    WrongKey {
        /// Where the keys are.
        place: String,
        /// Ids of the keys.
        given: Vec<String>,
        /// Id of the key that is needed.
        needed: String,
    },
    /// A value was sealed with a key that the vault does not have.
    #[error("a value is sealed with key {0}, which the vault does not have")]
    UnknownKey(String),
    /// A sealed value does not open.
    #[error("a sealed value was changed, or belongs to another record")]
    Tampered,
    /// What a connection has sealed does not open, or is no credential.
    #[error("the stored credential of connection `{name}` is damaged: {reason}")]
    Credential {
        /// The connection's name.
        name: String,
        /// Why not.
        reason: Box<VaultError>,
    },
    /// Other processes on the store could not read what this one would seal.
    #[error(
        "key {key} comes first, but {processes} other process(es) on the same store do not have it: add it to {KEY_VARIABLE} of all of them, behind the present one, restart them, and put it first then; a process that has ended counts for some seconds"
    )]
    NotEverywhere {
        /// Id of the key.
        key: String,
        /// How many do not have it.
        processes: u64,
    },
    /// A key file is this process's alone, and others use the store.
    #[error(
        "a new key in the key file of this process would leave out {processes} other process(es) on the same store: set {KEY_VARIABLE} for all of them instead"
    )]
    FileOfOne {
        /// How many others there are.
        processes: u64,
    },
    /// Keys that end with the process are not rotated.
    #[error("this vault has a key for this process alone, which can't be rotated")]
    NotRotatable,
    /// The system's random numbers or its cipher do not work.
    #[error("the system's cryptography does not work")]
    Cryptography,
    /// The store can't be asked.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl VaultError {
    /// Tells whether it is the value that is damaged, and not the vault.
    pub fn is_damage(&self) -> bool {
        matches!(
            self,
            Self::UnknownKey(_) | Self::Tampered | Self::Credential { .. }
        )
    }

    /// Says whose credential is damaged, if it is.
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
    /// Where keys are is for logs alone.
    fn from(error: VaultError) -> Self {
        match error {
            VaultError::Store(error) => error.into(),
            VaultError::NotEverywhere { .. } | VaultError::FileOfOne { .. } => {
                Self::new(ErrorCode::Conflict, error.to_string())
            }
            VaultError::Credential { ref name, .. } => {
                let message = format!(
                    "the stored credential of connection `{name}` is damaged; the account has to \
                     be connected again"
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
