//! What a catalog has, document by document.

use std::fs;
use std::io;
use std::path::Path;

use plugwright_import::Source;
use serde::{Deserialize, Serialize};

/// The version of the form; a catalog of another version is made again.
const VERSION: u32 = 1;

/// A connector of a catalog.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectorRecord {
    /// The connector's name.
    pub name: String,
    /// Its display name.
    pub display_name: String,
    /// The document that it was made of, as it was named.
    pub document: String,
    /// What the document is.
    pub source: Source,
    /// How many operations became actions as the document says.
    pub imported: usize,
    /// How many became actions, but for something that could not be kept.
    pub degraded: usize,
    /// How many became no actions.
    pub refused: usize,
    /// The number of actions.
    pub actions: usize,
    /// Length of the definitions on disk, in bytes.
    pub bytes: u64,
    pub(crate) pack: String,
}

/// A document that could not be imported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedDocument {
    /// The document, as it was named.
    pub document: String,
    /// Why.
    pub problem: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Manifest {
    version: u32,
    /// In the order of their names.
    pub(crate) connectors: Vec<ConnectorRecord>,
    pub(crate) refused: Vec<RefusedDocument>,
}

/// Says what to do about a file that is not of the form in which it was written.
pub(crate) fn damaged(error: &serde_json::Error) -> io::Error {
    let message =
        format!("it is damaged ({error}); remove the catalog and import the documents again");
    io::Error::new(io::ErrorKind::InvalidData, message)
}

impl Manifest {
    pub(crate) fn read(path: &Path) -> io::Result<Self> {
        let manifest: Self =
            serde_json::from_slice(&fs::read(path)?).map_err(|error| damaged(&error))?;
        if manifest.version != VERSION {
            let message = format!(
                "it has version {}, and this program reads version {VERSION}; remove the catalog and \
                 import the documents again",
                manifest.version
            );
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        Ok(manifest)
    }

    pub(crate) fn write(&mut self, path: &Path) -> io::Result<()> {
        self.version = VERSION;
        let mut file = io::BufWriter::new(fs::File::create(path)?);
        serde_json::to_writer(&mut file, self)?;
        let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.sync_all()
    }

    pub(crate) fn find(&self, name: &str) -> Option<&ConnectorRecord> {
        let order = |record: &ConnectorRecord| record.name.as_str().cmp(name);
        let index = self.connectors.binary_search_by(order).ok()?;
        Some(&self.connectors[index])
    }
}
