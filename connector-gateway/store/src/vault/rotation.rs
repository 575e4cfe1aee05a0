//! Exchange of the key while the gateway serves.
//!
//! The steps are in an order in which a process may end after each of them: the new key is in the
//! file before anything is sealed with it, and an old one leaves the file only at a start, when
//! nothing is sealed with it and no call that began before the rotation can still store something.

use std::collections::HashSet;

use schemars::JsonSchema;
use serde::Serialize;

use super::key::Key;
use super::{CHECK, KeySource, Vault, VaultError, key_file};
use crate::damage;
use crate::{Sealed, SealedPlace, SealedRecord, SealedStore};

/// How many records are read at once.
const BATCH: u32 = 100;

/// So many damaged records are named.
const MOST_DAMAGED: usize = 1_000;

/// What a rotation did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Rotation {
    /// Id of the key that everything is sealed with now.
    pub key_id: String,
    /// How many values were sealed anew.
    pub resealed: u64,
    /// Ids of the keys that nothing is sealed with any more. They leave the key file at the next
    /// start; those in `PLUGWRIGHT_VAULT_KEY` can be taken out of it before.
    pub unused: Vec<String>,
    /// Records whose sealed values no key opens, by name, 1,000 at most. They stay as they are.
    pub damaged: Vec<String>,
}

/// What came of sealing anew.
#[derive(Debug, Default)]
pub(super) struct Resealed {
    count: u64,
    damaged: Vec<SealedRecord>,
}

impl Vault {
    /// Seals everything with a new key, or, if the keys come from `PLUGWRIGHT_VAULT_KEY`, with the
    /// first of them. Calls go on meanwhile. If it breaks off, nothing is lost, and another run
    /// does the rest. What no key opens is left as it is, and named.
    ///
    /// # Errors
    ///
    /// If another process on the store does not have the key, the new key can't be written, or the
    /// store can't be asked.
    pub async fn rotate(&self, store: &dyn SealedStore) -> Result<Rotation, VaultError> {
        let _one_at_a_time = self.0.rotating.lock().await;
        if let Some(KeySource::File(_)) = &self.0.source {
            // No other process has a key that does not exist yet.
            match store.processes_without_key("").await? {
                0 => {}
                processes => return Err(VaultError::FileOfOne { processes }),
            }
        }
        self.renew().await?;
        store.announce_keys(&self.keys().ids()).await?;
        self.known_everywhere(store).await?;
        let Resealed { count, damaged } = self.reseal_all(store).await?;
        self.reseal_check(store).await?;
        // One that started meanwhile has been told, or is told of here.
        self.known_everywhere(store).await?;
        let mut unused = self.keys().ids();
        let key_id = unused.remove(0);
        // With its key, a record may still be restored.
        unused.retain(|id| damaged.iter().all(|record| record.before.key_id != *id));
        let names = damaged.iter().take(MOST_DAMAGED);
        Ok(Rotation {
            key_id,
            resealed: count,
            unused,
            damaged: names.map(|record| record.place.to_string()).collect(),
        })
    }

    /// Puts a new key before the others, in the file first and then here.
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

    /// Seals everything that older keys sealed.
    pub(super) async fn reseal_all(&self, store: &dyn SealedStore) -> Result<Resealed, VaultError> {
        let mut resealed = Resealed::default();
        let mut left = HashSet::new();
        loop {
            // Those that are left come first, for all that the store knows.
            let size = BATCH.saturating_add(u32::try_from(left.len()).unwrap_or(u32::MAX));
            let mut batch = store.sealed_with_other_keys(&self.key_id(), size).await?;
            batch.retain(|record| !left.contains(&record.place.to_string()));
            if batch.is_empty() {
                return Ok(resealed);
            }
            for record in batch {
                match self.reseal(store, &record).await {
                    // One that was changed meanwhile comes back with the next batch, if it needs to.
                    Ok(done) => resealed.count += u64::from(done),
                    Err(error) if error.is_damage() => {
                        let name = record.place.to_string();
                        damage::note("sealed value", &name, &error);
                        left.insert(name);
                        resealed.damaged.push(record);
                    }
                    Err(error) => return Err(error),
                }
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

    /// Tells whether these are the keys of a store whose check they do not open: then it is the
    /// check that is damaged. They open something, and nothing needs the key that the check names.
    pub(super) async fn is_right_without_check(
        &self,
        store: &dyn SealedStore,
        check: &Sealed,
    ) -> Result<bool, VaultError> {
        // The id of a key is made of it: with this one the check would open, were it whole.
        if self.keys().find(&check.key_id).is_some() {
            return Ok(true);
        }
        let others = store.sealed_with_other_keys(&self.key_id(), BATCH).await?;
        let is_needed = |record: &SealedRecord| record.before.key_id == check.key_id;
        if others.len() >= BATCH as usize || others.iter().any(is_needed) {
            return Ok(false);
        }
        // No key has an empty id, so that these are any.
        let some = store.sealed_with_other_keys("", BATCH).await?;
        Ok(some.iter().any(|record| {
            let id = record.place.record();
            self.open_sealed(id, &record.before).is_ok()
        }))
    }

    /// Stores a check in the place of one that is damaged.
    pub(super) async fn check_anew(
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

    /// The check comes last: as long as anything needs an old key, a start without that key fails.
    async fn reseal_check(&self, store: &dyn SealedStore) -> Result<(), VaultError> {
        if let Some(before) = store.key_check().await?
            && before.key_id != self.key_id()
        {
            let record = SealedRecord {
                place: SealedPlace::Check,
                before,
            };
            // That these are the keys of the store was seen at the start.
            store.reseal(&record, &self.seal(CHECK.0, CHECK.1)?).await?;
        }
        Ok(())
    }

    /// Takes keys that nothing is sealed with out of the file. At a start only: while calls run,
    /// one of them may be about to store what it sealed before a rotation.
    pub(super) async fn retire(&self, store: &dyn SealedStore) -> Result<(), VaultError> {
        let keys = self.keys();
        let other = store.sealed_with_other_keys(&self.key_id(), BATCH).await?;
        // The check was opened, so that these are the keys of the store: it is the record that is
        // damaged.
        for record in &other {
            if keys.find(&record.before.key_id).is_none() {
                let error = VaultError::UnknownKey(record.before.key_id.clone());
                damage::note("sealed value", &record.place.to_string(), &error);
            }
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
