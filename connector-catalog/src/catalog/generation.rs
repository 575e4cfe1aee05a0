//! One state of a catalog, as one import left it.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::{Mutex, OnceLock};
use std::time::SystemTime;

use super::{CatalogError, Slot, check_own, index};
use crate::manifest::{Manifest, damaged};
use crate::search::DiskIndex;

/// The file that an import replaces last.
const META: &str = "meta.json";

pub(crate) struct Generation {
    number: u64,
    /// `None` if nothing was imported yet.
    manifest: Option<String>,
    /// How the file that is replaced last looked.
    stamp: Option<Stamp>,
    /// Places of the connectors, in the order of their names.
    slots: Vec<usize>,
    index: OnceLock<DiskIndex>,
}

/// How a file looks from outside.
type Stamp = (SystemTime, u64);

impl Generation {
    /// What is there before the first import.
    pub(super) fn empty() -> Self {
        Self {
            number: 1,
            manifest: None,
            stamp: None,
            slots: Vec::new(),
            index: OnceLock::new(),
        }
    }

    pub(super) fn open(
        folder: &Path,
        slots: &boxcar::Vec<Slot>,
        old: Option<&Self>,
    ) -> Result<Option<Self>, CatalogError> {
        // Before the rest is read: if it is replaced meanwhile, that is noticed at the next look.
        let Some(stamp) = stamp(folder)? else {
            return Ok(None);
        };
        check_own(folder)?;
        let Some(name) = committed(folder)? else {
            return Ok(None);
        };
        let path = folder.join(&name);
        let manifest = Manifest::read(&path).map_err(CatalogError::io(&path))?;
        let connectors = manifest.connectors.into_iter();
        let places = connectors.map(|record| {
            let known = old.and_then(|old| old.find(slots, &record.name));
            let is_same = |place: &usize| {
                let slot = slots.get(*place);
                slot.is_some_and(|slot| *slot.pack == *record.pack)
            };
            known.filter(is_same).unwrap_or_else(|| {
                slots.push(Slot {
                    name: record.name.into(),
                    pack: record.pack.into(),
                    loading: Mutex::default(),
                    connector: OnceLock::new(),
                })
            })
        });
        Ok(Some(Self {
            number: old.map_or(1, |old| old.number + 1),
            slots: places.collect(),
            manifest: Some(name),
            stamp: Some(stamp),
            index: OnceLock::new(),
        }))
    }

    pub(super) fn is_replaced(&self, folder: &Path) -> bool {
        stamp(folder).is_ok_and(|stamp| stamp.is_some() && stamp != self.stamp)
    }

    pub(super) fn number(&self) -> u64 {
        self.number
    }

    pub(super) fn len(&self) -> usize {
        self.slots.len()
    }

    pub(super) fn at(&self, place: usize) -> Option<usize> {
        self.slots.get(place).copied()
    }

    pub(super) fn find(&self, slots: &boxcar::Vec<Slot>, name: &str) -> Option<usize> {
        let order = |index: &usize| (*slots[*index].name).cmp(name);
        let place = self.slots.binary_search_by(order).ok()?;
        self.at(place)
    }

    pub(super) fn slot<'s>(&self, slots: &'s boxcar::Vec<Slot>, name: &str) -> Option<&'s Slot> {
        slots.get(self.find(slots, name)?)
    }

    pub(super) fn manifest(&self, folder: &Path) -> Result<Manifest, CatalogError> {
        let Some(name) = &self.manifest else {
            return Ok(Manifest::default());
        };
        let path = folder.join(name);
        Manifest::read(&path).map_err(CatalogError::io(&path))
    }

    /// Returns the search index; `None` if nothing was imported yet.
    pub(super) fn index(&self, folder: &Path) -> Result<Option<DiskIndex>, CatalogError> {
        if self.manifest.is_none() {
            return Ok(None);
        }
        if let Some(index) = self.index.get() {
            return Ok(Some(index.clone()));
        }
        let path = index(folder);
        let opened = DiskIndex::open(&path).map_err(CatalogError::index(&path))?;
        Ok(Some(self.index.get_or_init(|| opened).clone()))
    }
}

fn stamp(folder: &Path) -> Result<Option<Stamp>, CatalogError> {
    let path = index(folder).join(META);
    let read = || -> io::Result<Stamp> {
        let about = fs::metadata(&path)?;
        Ok((about.modified()?, about.len()))
    };
    match read() {
        Ok(stamp) => Ok(Some(stamp)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(CatalogError::Io { path, source }),
    }
}

/// Returns the name of the list of connectors that belongs to the committed search index.
pub(crate) fn committed(folder: &Path) -> Result<Option<String>, CatalogError> {
    #[derive(serde::Deserialize)]
    struct Meta {
        payload: Option<String>,
    }
    let path = index(folder).join(META);
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(CatalogError::Io { path, source }),
    };
    let meta: Result<Meta, _> = serde_json::from_slice(&bytes);
    let meta = meta
        .map_err(|error| damaged(&error))
        .map_err(CatalogError::io(&path))?;
    Ok(meta.payload)
}
