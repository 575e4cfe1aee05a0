//! Sealing of secrets.

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
use crate::{Sealed, SealedStore, StoreError};

pub use credential::{OAuthTokens, OpenedCredential, credential_json};
pub use error::VaultError;
use key::{Key, Keys};
pub use rotation::Rotation;

/// The variable that keys are taken from.
pub const KEY_VARIABLE: &str = "PLUGWRIGHT_VAULT_KEY";

/// Where the keys are.
#[derive(Clone, Debug)]
pub enum KeySource {
    /// In a file, one base64 text of 32 bytes a line, the current key first. It is made on the
    /// first start.
    File(PathBuf),
    /// In a text, from `PLUGWRIGHT_VAULT_KEY`: base64 texts of 32 bytes, separated by commas, the
    /// current key first.
    Text(Secret),
}

/// Seals secrets with AES-256-GCM under a random nonce; the id of the record that a secret is in is
/// the associated data, so that two records' secrets can't be exchanged. Clones share everything.
#[derive(Clone)]
pub struct Vault(Arc<Shared>);

struct Shared {
    /// Read once per seal and open, and written by a rotation only.
    keys: RwLock<Arc<Keys>>,
    /// Where a rotation puts a new key; `None` if keys can't be made.
    source: Option<KeySource>,
    rotating: tokio::sync::Mutex<()>,
}

/// What is sealed as the check text, and under which id.
const CHECK: (Uuid, &[u8]) = (Uuid::nil(), b"plugwright vault check");

impl Vault {
    /// Reads the keys and makes sure that they open what the store has.
    ///
    /// If nothing was ever sealed, a missing key file is made, for its owner alone. Keys that
    /// nothing is sealed with any more leave the file.
    ///
    /// # Errors
    ///
    /// If the key is missing, malformed, readable for others, or not that of the store.
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
                    vault.check_anew(store, check).await?;
                }
            }
            None => vault.begin(store).await?,
        }
        // Announced before anything is looked at, so that no rotation misses this process.
        store.announce_keys(&vault.keys().ids()).await?;
        vault.known_everywhere(store).await?;
        vault.retire(store).await?;
        Ok(vault)
    }

    /// Makes a vault whose key ends with the process, for tests and for use without a store.
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

    /// Returns the id of the key that seals.
    pub fn key_id(&self) -> String {
        self.keys().current().id().to_owned()
    }

    /// Seals a secret of a record.
    ///
    /// # Errors
    ///
    /// If the system has no random numbers, or the secret is larger than the cipher takes (64 GiB).
    pub fn seal(&self, record: Uuid, plaintext: &[u8]) -> Result<Sealed, VaultError> {
        self.keys().current().seal(record, plaintext)
    }

    /// Opens a secret of a record.
    ///
    /// # Errors
    ///
    /// If the key is not known, or the sealed value was changed or is that of another record.
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

    /// Stores the first check, unless another process does at the same time.
    async fn begin(&self, store: &dyn SealedStore) -> Result<(), VaultError> {
        match store.set_key_check(&self.seal(CHECK.0, CHECK.1)?).await {
            Err(StoreError::Changed(_)) => match store.key_check().await? {
                Some(check) => self.verify(&check),
                None => Err(StoreError::Changed("key check").into()),
            },
            done => Ok(done?),
        }
    }

    /// Makes sure that every process on the store can open what this one seals.
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
        // The value is replaced as a whole, so that no panic leaves half of one.
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
