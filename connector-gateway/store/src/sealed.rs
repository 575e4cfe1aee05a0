//! Sealed values and their places.

use async_trait::async_trait;
use uuid::Uuid;

use crate::{ProcessStore, StoreError};

/// A sealed value: which key sealed it, and the nonce with the ciphertext.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed {
    /// Id of the key.
    pub key_id: String,
    /// Nonce (12 bytes), then ciphertext and tag.
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for Sealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sealed(by {}, {} bytes)", self.key_id, self.bytes.len())
    }
}

/// A sealed value with its place.
#[derive(Clone, Debug)]
pub struct SealedRecord {
    /// The place.
    pub place: SealedPlace,
    /// The present value.
    pub before: Sealed,
}

/// A row whose value is sealed with another key than the current one.
#[derive(Debug)]
pub struct FoundSealed {
    /// Name for the operator.
    pub name: String,
    /// Id of the key, if it can be read.
    pub key_id: Option<String>,
    /// The value, or why it can't be read.
    pub record: Result<SealedRecord, StoreError>,
}

/// The place of a sealed value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SealedPlace {
    /// A connection's secret.
    Connection(Uuid),
    /// The secret of an OAuth client.
    OAuthClient(Uuid),
    /// The outcome of a claim.
    Claim {
        /// The principal.
        principal: String,
        /// The key.
        key: String,
        /// The run, whose id is the associated data.
        run: Uuid,
    },
    /// The check text, which shows whether the vault has the right key.
    Check,
}

impl SealedPlace {
    /// Returns the id that is the associated data.
    pub(crate) fn record(&self) -> Uuid {
        match self {
            Self::Connection(id) | Self::OAuthClient(id) => *id,
            Self::Claim { run, .. } => *run,
            Self::Check => Uuid::nil(),
        }
    }
}

impl std::fmt::Display for SealedPlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Connection(id) => write!(f, "connection {id}"),
            Self::OAuthClient(id) => write!(f, "OAuth client {id}"),
            Self::Claim { run, .. } => write!(f, "the outcome of run {run}"),
            Self::Check => f.write_str("the key check"),
        }
    }
}

/// The key check, and values to reseal with a new key.
#[async_trait]
pub trait SealedStore: ProcessStore {
    /// Returns the sealed check text, if there is one.
    async fn key_check(&self) -> Result<Option<Sealed>, StoreError>;

    /// Stores the check text; [`StoreError::Changed`] if there is one.
    async fn set_key_check(&self, check: &Sealed) -> Result<(), StoreError>;

    /// Returns up to `limit` connections, OAuth clients and finished claims that are sealed with
    /// another key than `current`, including those that can't be read.
    async fn sealed_with_other_keys(
        &self,
        current: &str,
        limit: usize,
    ) -> Result<Vec<FoundSealed>, StoreError>;

    /// Replaces a sealed value if it is still `before`; returns whether it was. A connection gets a
    /// new version, so that nobody restores the previous value.
    async fn reseal(&self, record: &SealedRecord, sealed: &Sealed) -> Result<bool, StoreError>;
}
