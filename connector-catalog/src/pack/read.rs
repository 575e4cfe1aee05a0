//! Reads the file of a connector, item by item.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use plugwright_import::{CredentialPlace, ImportedAction, ImportedConnector};
use plugwright_sdk::host::Effect;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::{Head, Piece, Place, TRAILER, damaged};

#[derive(Debug)]
pub(crate) struct Pack {
    path: PathBuf,
    head: Head,
    credential: Arc<[CredentialPlace]>,
}

pub(crate) struct Reader<'p> {
    pack: &'p Pack,
    file: File,
    blocks: HashMap<u32, Vec<u8>>,
}

impl Pack {
    /// Opens a file; returns what the connector is apart from its actions, too.
    pub(crate) fn open(path: &Path) -> io::Result<(Self, ImportedConnector)> {
        #[derive(Deserialize)]
        struct Parts<'a>(#[serde(borrow)] &'a RawValue, Head);

        let mut file = File::open(path)?;
        let mut trailer = [0; TRAILER];
        let length = file.metadata()?.len();
        let start = length.checked_sub(TRAILER as u64).ok_or_else(damaged)?;
        file.seek(SeekFrom::Start(start))?;
        file.read_exact(&mut trailer)?;
        let head = Piece::from_trailer(&trailer).ok_or_else(damaged)?;
        let json = head.read(&mut file)?;
        let Parts(shell, head) = serde_json::from_slice(&json)?;
        let shell = ImportedConnector::read(shell.get().as_bytes())
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        let pack = Self {
            path: path.to_owned(),
            head,
            credential: shell.credential.clone().into(),
        };
        Ok((pack, shell))
    }

    pub(crate) fn len(&self) -> usize {
        self.head.actions.len()
    }

    pub(crate) fn outline(&self, index: usize) -> Option<(&str, Effect)> {
        let (name, effect, _) = self.head.actions.get(index)?;
        Some((name, *effect))
    }

    pub(crate) fn credential(&self) -> Arc<[CredentialPlace]> {
        Arc::clone(&self.credential)
    }

    pub(crate) fn reader(&self) -> io::Result<Reader<'_>> {
        Ok(Reader {
            pack: self,
            file: File::open(&self.path)?,
            blocks: HashMap::new(),
        })
    }
}

impl Reader<'_> {
    fn item<T: DeserializeOwned>(&mut self, place: Place) -> io::Result<(T, usize)> {
        let Place(block, start, length) = place;
        let bytes = match self.blocks.entry(block) {
            std::collections::hash_map::Entry::Occupied(known) => known.into_mut(),
            std::collections::hash_map::Entry::Vacant(new) => {
                let piece = self.pack.head.blocks.get(block as usize);
                new.insert(piece.ok_or_else(damaged)?.read(&mut self.file)?)
            }
        };
        let start = start as usize;
        let item = bytes.get(start..start.saturating_add(length as usize));
        let item = item.ok_or_else(damaged)?;
        Ok((serde_json::from_slice(item)?, item.len()))
    }

    /// Reads an action with its length as JSON.
    pub(crate) fn action(&mut self, index: usize) -> io::Result<(ImportedAction, usize)> {
        let (_, _, place) = self.pack.head.actions.get(index).ok_or_else(damaged)?;
        self.item(*place)
    }

    /// Reads a shared definition with its length as JSON, unless it has more parts than there is
    /// room for.
    fn definition(
        &mut self,
        name: &str,
        room: Option<usize>,
    ) -> io::Result<Option<(Value, usize)>> {
        let known = &self.pack.head.definitions;
        let Ok(index) = known.binary_search_by(|(other, ..)| (**other).cmp(name)) else {
            return Ok(None);
        };
        let (_, parts, place) = known[index];
        if room.is_some_and(|room| parts as usize > room) {
            return Ok(None);
        }
        self.item(place).map(Some)
    }

    pub(crate) fn definitions(
        &mut self,
        needed: impl FnOnce(&mut dyn FnMut(&str, Option<usize>) -> Option<Value>) -> Map<String, Value>,
    ) -> io::Result<(Map<String, Value>, usize)> {
        let (mut length, mut failed) = (0, None);
        let found = needed(&mut |name, room| match self.definition(name, room) {
            Ok(found) => {
                let (definition, own) = found?;
                length += own;
                Some(definition)
            }
            Err(error) => {
                failed = Some(error);
                None
            }
        });
        match failed {
            Some(error) => Err(error),
            None => Ok((found, length)),
        }
    }

    pub(crate) fn whole(&mut self, shell: ImportedConnector) -> io::Result<ImportedConnector> {
        let mut whole = shell;
        for (name, _, place) in &self.pack.head.definitions {
            let (definition, _) = self.item(*place)?;
            whole.definitions.insert(name.to_string(), definition);
        }
        for index in 0..self.pack.len() {
            whole.actions.push(self.action(index)?.0);
        }
        Ok(whole)
    }
}
