//! Exchange of the key while the gateway serves.
//!
//! The steps are in an order in which a process may end after each of them: the new key is in the
//! file before anything is sealed with it, and an old one leaves the file only at a start, when
//! nothing is sealed with it and no call that began before the rotation can still store something.

use schemars::JsonSchema;
use serde::Serialize;

use super::key::Key;
use super::{CHECK, KeySource, Vault, VaultError, key_file};
use crate::damage;
use crate::{Sealed, SealedPlace, SealedRecord, SealedStore};

/// How many records are read at once.
const BATCH: u32 = 100;

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
}

impl Vault {
    /// Seals everything with a new key, or, if the keys come from `PLUGWRIGHT_VAULT_KEY`, with the
    /// first of them. Calls go on meanwhile. If it breaks off, nothing is lost, and another run
    /// does the rest.
    ///
    /// # Errors
    ///
    /// If another process on the store does not have the key, the new key can't be written, the
    /// store can't be asked, or a value does not open.
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
        let resealed = self.reseal_all(store).await?;
        self.reseal_check(store).await?;
        // One that started meanwhile has been told, or is told of here.
        self.known_everywhere(store).await?;
        let mut unused = self.keys().ids();
        Ok(Rotation {
            key_id: unused.remove(0),
            resealed,
            unused,
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

    /// Seals everything that older keys sealed; returns how many values that were.
    pub(super) async fn reseal_all(&self, store: &dyn SealedStore) -> Result<u64, VaultError> {
        let mut resealed = 0;
        loop {
            let batch = store.sealed_with_other_keys(&self.key_id(), BATCH).await?;
            if batch.is_empty() {
                return Ok(resealed);
            }
            for record in batch {
                // One that was changed meanwhile comes back with the next batch, if it needs to.
                resealed += u64::from(self.reseal(store, &record).await?);
            }
        }
    }

    pub(super) async fn reseal(
        &self,
        store: &dyn SealedStore,
        record: &SealedRecord,
    ) -> Result<bool, VaultError> {
        let sealed = self.seal_anew(record).map_err(|reason| VaultError::Stuck {
            record: record.place.to_string(),
            reason: Box::new(reason),
        })?;
        Ok(store.reseal(record, &sealed).await?)
    }

    fn seal_anew(&self, record: &SealedRecord) -> Result<Sealed, VaultError> {
        let id = record.place.record();
        self.seal(id, &self.open_sealed(id, &record.before)?)
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
            self.reseal(store, &record).await?;
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
