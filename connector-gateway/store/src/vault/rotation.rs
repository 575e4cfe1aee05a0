//! Key rotation while the gateway serves.
//!
//! The process may crash after any step: the new key is in the file before anything is sealed with
//! it, and an old key is only removed at a start, when nothing is sealed with it and no call from
//! before the rotation can still store something.

use std::collections::HashSet;

use schemars::JsonSchema;
use serde::Serialize;

use super::key::Key;
use super::{CHECK, KeySource, Vault, VaultError, key_file};
use crate::damage;
use crate::{FoundSealed, Sealed, SealedPlace, SealedRecord, SealedStore};

const BATCH: usize = 100;

/// Damaged records to name.
const MOST_DAMAGED: usize = 1_000;

/// The result of a rotation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Rotation {
    /// Id of the key that now seals everything.
    pub key_id: String,
    /// Number of resealed values.
    pub resealed: u64,
    /// Ids of keys that are no longer needed. They are removed from the key file at the next start;
    /// those in `PLUGWRIGHT_VAULT_KEY` can be removed before.
    pub unused: Vec<String>,
    /// Number of records that can't be read or opened. They stay as they are.
    pub damaged_count: u64,
    /// Names of these records, 1,000 at most.
    pub damaged: Vec<String>,
}

#[derive(Debug, Default)]
pub(super) struct Resealed {
    count: u64,
    damaged_count: usize,
    damaged: Vec<String>,
    /// Keys of damaged records, which may still be restored; `None` is a key that can't be read.
    needed_keys: HashSet<Option<String>>,
}

impl Vault {
    /// Reseals everything with a new key, or, if the keys come from `PLUGWRIGHT_VAULT_KEY`, with
    /// the first of them, while calls continue. If it is interrupted, nothing is lost, and another
    /// run does the rest. Damaged records are left as they are, counted and named.
    ///
    /// # Errors
    ///
    /// If another process on the store does not have the key, the new key can't be written, or the
    /// store fails.
    pub async fn rotate(&self, store: &dyn SealedStore) -> Result<Rotation, VaultError> {
        let _one_at_a_time = self.0.rotating.lock().await;
        if let Some(KeySource::File(_)) = &self.0.source {
            // No other process can have a new key.
            match store.processes_without_key("").await? {
                0 => {}
                processes => return Err(VaultError::FileOfOne { processes }),
            }
        }
        self.renew().await?;
        store.announce_keys(&self.keys().ids()).await?;
        self.known_everywhere(store).await?;
        let resealed = self.reseal_all(store).await?;
        self.reseal_check(store).await?;
        // A process that has started since has the new key, or is found here.
        self.known_everywhere(store).await?;
        let mut unused = self.keys().ids();
        let key_id = unused.remove(0);
        let is_needed = |id: &String| {
            let needed = &resealed.needed_keys;
            needed.contains(&None) || needed.contains(&Some(id.clone()))
        };
        unused.retain(|id| !is_needed(id));
        Ok(Rotation {
            key_id,
            resealed: resealed.count,
            unused,
            damaged_count: resealed.damaged_count as u64,
            damaged: resealed.damaged,
        })
    }

    /// Adds a new current key, first to the file and then in memory.
    pub(super) async fn renew(&self) -> Result<(), VaultError> {
        match &self.0.source {
            None => Err(VaultError::NotRotatable),
            Some(KeySource::Text(_)) => Ok(()),
            Some(KeySource::File(path)) => {
                let keys = self.keys().after(Key::generate()?)?;
                key_file::write(path.clone(), &keys).await?;
                self.set_keys(keys);
                Ok(())
            }
        }
    }

    /// Reseals everything that was sealed with older keys.
    pub(super) async fn reseal_all(&self, store: &dyn SealedStore) -> Result<Resealed, VaultError> {
        let mut resealed = Resealed::default();
        let mut left = HashSet::new();
        loop {
            // The store may return the damaged ones first, each time.
            let size = resealed.damaged_count + BATCH.max(resealed.damaged_count);
            let batch = store.sealed_with_other_keys(&self.key_id(), size).await?;
            let is_last = batch.len() < size;
            let before = resealed.count;
            let mut damaged_count = 0;
            let mut has_new = false;
            for found in batch {
                if left.contains(&found.name) && found.record.is_ok() {
                    damaged_count += 1;
                    continue;
                }
                let error = match &found.record {
                    // One that was changed meanwhile comes back with the next batch if needed.
                    Ok(record) => match self.reseal(store, record).await {
                        Ok(done) => {
                            resealed.count += u64::from(done);
                            has_new = true;
                            continue;
                        }
                        Err(error) if error.is_damage() => error.to_string(),
                        Err(error) => return Err(error),
                    },
                    Err(error) => error.to_string(),
                };
                damaged_count += 1;
                if left.insert(found.name.clone()) {
                    has_new = true;
                    damage::note("sealed value", &found.name, &error);
                    resealed.needed_keys.insert(found.key_id);
                    if resealed.damaged.len() < MOST_DAMAGED {
                        resealed.damaged.push(found.name);
                    }
                }
            }
            resealed.damaged_count = damaged_count;
            if is_last && !has_new && resealed.count == before {
                return Ok(resealed);
            }
        }
    }

    pub(super) async fn reseal(
        &self,
        store: &dyn SealedStore,
        record: &SealedRecord,
    ) -> Result<bool, VaultError> {
        let id = record.place.record();
        let sealed = self.seal(id, &self.open_sealed(id, &record.before)?)?;
        Ok(store.reseal(record, &sealed).await?)
    }

    /// Returns whether the keys are right although they don't open the check, so that the check
    /// must be damaged: they open something, and nothing needs the key that the check names.
    pub(super) async fn is_right_without_check(
        &self,
        store: &dyn SealedStore,
        check: &Sealed,
    ) -> Result<bool, VaultError> {
        // Key ids are derived from keys: this key would open an intact check.
        if self.keys().find(&check.key_id).is_some() {
            return Ok(true);
        }
        let others = store.sealed_with_other_keys(&self.key_id(), BATCH).await?;
        let is_needed = |found: &FoundSealed| found.key_id.as_ref() == Some(&check.key_id);
        if others.len() >= BATCH || others.iter().any(is_needed) {
            return Ok(false);
        }
        // No key has an empty id, so this selects any.
        let some = store.sealed_with_other_keys("", BATCH).await?;
        Ok(some
            .into_iter()
            .flat_map(|found| found.record)
            .any(|record| {
                let id = record.place.record();
                self.open_sealed(id, &record.before).is_ok()
            }))
    }

    pub(super) async fn replace_check(
        &self,
        store: &dyn SealedStore,
        before: Sealed,
    ) -> Result<(), VaultError> {
        let record = SealedRecord {
            place: SealedPlace::Check,
            before,
        };
        store.reseal(&record, &self.seal(CHECK.0, CHECK.1)?).await?;
        Ok(())
    }

    /// Last: as long as an old key is needed, a start without it fails.
    async fn reseal_check(&self, store: &dyn SealedStore) -> Result<(), VaultError> {
        match store.key_check().await? {
            Some(before) if before.key_id != self.key_id() => {
                self.replace_check(store, before).await
            }
            _ => Ok(()),
        }
    }

    /// Removes unneeded keys from the file. Only at a start: a running call may be about to store
    /// what it sealed before a rotation.
    pub(super) async fn retire(&self, store: &dyn SealedStore) -> Result<(), VaultError> {
        let keys = self.keys();
        let other = store.sealed_with_other_keys(&self.key_id(), BATCH).await?;
        // The check opened, so the keys are right and the records are damaged.
        for found in &other {
            let error = match (&found.record, &found.key_id) {
                (Ok(_), Some(id)) if keys.find(id).is_some() => continue,
                (Err(error), _) => error.to_string(),
                (Ok(record), _) => VaultError::UnknownKey(record.before.key_id.clone()).to_string(),
            };
            damage::note("sealed value", &found.name, &error);
        }
        let Some(KeySource::File(path)) = &self.0.source else {
            return Ok(());
        };
        if keys.ids().len() == 1 || !other.is_empty() {
            return Ok(());
        }
        self.reseal_check(store).await?;
        let current = keys.only_current()?;
        key_file::write(path.clone(), &current).await?;
        self.set_keys(current);
        Ok(())
    }
}
