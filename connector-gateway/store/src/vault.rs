//! Seals secrets.

mod credential;
mod error;
mod key;
mod key_file;
mod rotation;

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use plugwright_sdk::Secret;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::damage;
use crate::{RecordKind, Sealed, SealedStore, StoreError};

pub use credential::{OAuthTokens, OpenedCredential, credential_json};
pub use error::VaultError;
use key::{Key, Keys};
pub use rotation::Rotation;

/// The environment variable with the keys.
pub const KEY_VARIABLE: &str = "PLUGWRIGHT_VAULT_KEY";

/// Where the keys come from.
#[derive(Clone, Debug)]
pub enum KeySource {
    /// A file with one base64 key of 32 bytes per line, the current key first. It is created at the
    /// first start.
    File(PathBuf),
    /// The value of `PLUGWRIGHT_VAULT_KEY`: base64 keys of 32 bytes, separated by commas, the
    /// current key first.
    Text(Secret),
}

/// Seals secrets with AES-256-GCM and a random nonce. A record's id is the associated data, so that
/// the secrets of two records can't be swapped. Clones share everything.
#[derive(Clone)]
pub struct Vault(Arc<Shared>);

struct Shared {
    /// Read once per operation, written only by a rotation.
    keys: RwLock<Arc<Keys>>,
    /// Where a rotation stores a new key; `None` if keys can't be created.
    source: Option<KeySource>,
    rotating: tokio::sync::Mutex<()>,
}

/// The check text and its id.
const CHECK: (Uuid, &[u8]) = (Uuid::nil(), b"plugwright vault check");

impl KeySource {
    /// Checks the value of `PLUGWRIGHT_VAULT_KEY`.
    ///
    /// # Errors
    ///
    /// If a key in it is malformed.
    pub fn check(text: &str) -> Result<(), VaultError> {
        Keys::parse(text, KEY_VARIABLE).map(drop)
    }
}

impl Vault {
    /// Reads the keys and checks that they open the store's secrets.
    ///
    /// If nothing was ever sealed, a missing key file is created for its owner alone. Keys that are
    /// no longer needed are removed from the file.
    ///
    /// # Errors
    ///
    /// If the key is missing, malformed, accessible to others, or not that of the store.
    pub async fn open(source: KeySource, store: &dyn SealedStore) -> Result<Self, VaultError> {
        let check = store.key_check().await?;
        let keys = match &source {
            KeySource::Text(text) => Keys::parse(text.expose(), KEY_VARIABLE)?,
            KeySource::File(path) => match key_file::read(path.clone()).await? {
                Some(keys) => keys,
                None if check.is_some() => return Err(VaultError::KeyMissing(path.clone())),
                None => {
                    let keys = Keys::new(vec![Key::generate()?]);
                    key_file::write(path.clone(), &keys).await?;
                    keys
                }
            },
        };
        let vault = Self::with(keys, Some(source));
        match check {
            Some(check) => {
                if let Err(error) = vault.verify(&check) {
                    if !vault.is_right_without_check(store, &check).await? {
                        return Err(error);
                    }
                    damage::note("key check", &check.key_id, &error);
                    vault.replace_check(store, check).await?;
                }
            }
            None => vault.begin(store).await?,
        }
        // Announced before anything is read, so that no rotation misses this process.
        store.announce_keys(&vault.keys().ids()).await?;
        vault.known_everywhere(store).await?;
        vault.retire(store).await?;
        Ok(vault)
    }

    /// Creates a vault with a temporary key, for tests and for use without a store.
    ///
    /// # Panics
    ///
    /// If the system has no random numbers.
    pub fn ephemeral() -> Self {
        let key = Key::generate().expect("the system has random numbers");
        Self::with(Keys::new(vec![key]), None)
    }

    fn with(keys: Keys, source: Option<KeySource>) -> Self {
        Self(Arc::new(Shared {
            keys: RwLock::new(Arc::new(keys)),
            source,
            rotating: tokio::sync::Mutex::default(),
        }))
    }

    /// Returns the id of the current key.
    pub fn key_id(&self) -> String {
        self.keys().current().id().to_owned()
    }

    /// Seals a secret of a record.
    ///
    /// # Errors
    ///
    /// If the system has no random numbers, or the secret is too large for the cipher (64 GiB).
    pub fn seal(&self, record: Uuid, plaintext: &[u8]) -> Result<Sealed, VaultError> {
        self.keys().current().seal(record, plaintext)
    }

    /// Opens a secret of a record.
    ///
    /// # Errors
    ///
    /// If the key is unknown, or the sealed value was changed or belongs to another record.
    pub fn open_sealed(
        &self,
        record: Uuid,
        sealed: &Sealed,
    ) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let keys = self.keys();
        let key = keys
            .find(&sealed.key_id)
            .ok_or_else(|| VaultError::UnknownKey(sealed.key_id.clone()))?;
        key.open(record, &sealed.bytes)
    }

    /// Stores the first check, unless another process does so concurrently.
    async fn begin(&self, store: &dyn SealedStore) -> Result<(), VaultError> {
        match store.set_key_check(&self.seal(CHECK.0, CHECK.1)?).await {
            Err(StoreError::Changed(_)) => match store.key_check().await? {
                Some(check) => self.verify(&check),
                None => Err(StoreError::Changed(RecordKind::KeyCheck).into()),
            },
            done => Ok(done?),
        }
    }

    /// Checks that every process on the store can open what this one seals.
    async fn known_everywhere(&self, store: &dyn SealedStore) -> Result<(), VaultError> {
        let key = self.key_id();
        match store.processes_without_key(&key).await? {
            0 => Ok(()),
            processes => Err(VaultError::NotEverywhere { key, processes }),
        }
    }

    fn verify(&self, check: &Sealed) -> Result<(), VaultError> {
        match self.open_sealed(CHECK.0, check) {
            Ok(text) if text.as_slice() == CHECK.1 => Ok(()),
            _ => Err(VaultError::WrongKey {
                place: self.place(),
                given: self.keys().ids(),
                needed: check.key_id.clone(),
            }),
        }
    }

    fn place(&self) -> String {
        match &self.0.source {
            Some(KeySource::File(path)) => format!("`{}`", path.display()),
            Some(KeySource::Text(_)) => KEY_VARIABLE.to_owned(),
            None => "this process".to_owned(),
        }
    }

    fn keys(&self) -> Arc<Keys> {
        // The value is replaced as a whole, so no panic leaves half of one.
        let keys = self.0.keys.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&keys)
    }

    fn set_keys(&self, keys: Keys) {
        *self.0.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys);
    }
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Vault({:?})", self.keys())
    }
}

#[cfg(all(test, feature = "sqlite"))]
mod tests;
