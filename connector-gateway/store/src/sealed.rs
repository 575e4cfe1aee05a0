//! Sealed values, and where they are.

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

/// Where a sealed value is, and the value.
#[derive(Clone, Debug)]
pub struct SealedRecord {
    /// Where.
    pub place: SealedPlace,
    /// What it is now.
    pub before: Sealed,
}

/// Where a sealed value is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SealedPlace {
    /// A connection's secret.
    Connection(Uuid),
    /// The secret of an OAuth client.
    OAuthClient(Uuid),
    /// The outcome of a claim.
    Claim {
        /// Who took the key.
        principal: String,
        /// The key.
        key: String,
        /// The run, which is the associated data.
        run: Uuid,
    },
    /// The text by which a start checks that it has the right key.
    Check,
}

impl SealedPlace {
    /// Returns the id that is the associated data of what is sealed there.
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

/// What the vault asks: the key check, and values to be sealed anew.
#[async_trait]
pub trait SealedStore: ProcessStore {
    /// Returns the text by which a start checks that it has the right key, if one was stored.
    async fn key_check(&self) -> Result<Option<Sealed>, StoreError>;

    /// Stores that text; [`StoreError::Changed`] if there is one.
    async fn set_key_check(&self, check: &Sealed) -> Result<(), StoreError>;

    /// Returns up to `limit` connections, OAuth clients and finished claims that are sealed with
    /// another key than `current`, for the vault to seal anew.
    async fn sealed_with_other_keys(
        &self,
        current: &str,
        limit: u32,
    ) -> Result<Vec<SealedRecord>, StoreError>;

    /// Replaces a sealed value, if it is still `before`. Tells whether it was. A connection gets a
    /// new version, so that nobody writes back the value that they read before.
    async fn reseal(&self, record: &SealedRecord, sealed: &Sealed) -> Result<bool, StoreError>;
}
