//! Writes to a catalog.

use std::collections::HashSet;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use plugwright_import::{DocumentReport, ImportedConnector, Outcome};
use plugwright_sdk::host::check_name;

use crate::catalog::{self, CatalogError, committed};
use crate::manifest::{ConnectorRecord, Manifest, RefusedDocument};
use crate::pack;
use crate::search::IndexWriter;

/// Changes a catalog. Nothing that it does is seen before [`commit`](Self::commit); if it is dropped
/// or its process dies, the catalog is what it was.
pub struct CatalogWriter {
    folder: PathBuf,
    /// Held as long as this writes.
    _lock: File,
    number: u64,
    manifest: Manifest,
    earlier: HashSet<String>,
    /// Opened for the first change.
    index: Option<IndexWriter>,
}

impl CatalogWriter {
    /// Opens the catalog of a data directory, or makes one.
    ///
    /// # Errors
    ///
    /// If it can't be read or made, another process writes to it, or another user could have made or
    /// changed it.
    pub fn open(data_directory: &Path) -> Result<Self, CatalogError> {
        let folder = catalog::folder(data_directory);
        create(&folder).map_err(CatalogError::io(&folder))?;
        catalog::check_own(&folder)?;
        let path = folder.join("lock");
        let lock = File::create(&path).map_err(CatalogError::io(&path))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(CatalogError::Busy(folder)),
            Err(TryLockError::Error(source)) => return Err(CatalogError::Io { path, source }),
        }
        let mut earlier = HashSet::from(["lock".to_owned(), "index".to_owned()]);
        let mut number = 0;
        let manifest = match committed(&folder)? {
            Some(name) => {
                let path = folder.join(&name);
                let manifest = Manifest::read(&path).map_err(CatalogError::io(&path))?;
                number = numbered(&name).unwrap_or_default();
                earlier.insert(name);
                earlier.extend(manifest.connectors.iter().map(|record| record.pack.clone()));
                manifest
            }
            None => Manifest::default(),
        };
        Ok(Self {
            folder,
            _lock: lock,
            number: number + 1,
            manifest,
            earlier,
            index: None,
        })
    }

    /// Reads the connector of this name, as it was imported.
    ///
    /// # Errors
    ///
    /// If it can't be read.
    pub fn imported(&self, name: &str) -> Result<Option<ImportedConnector>, CatalogError> {
        let Some(record) = self.manifest.find(name) else {
            return Ok(None);
        };
        catalog::whole(&self.folder.join(&record.pack)).map(Some)
    }

    /// Stores a connector in place of the one of its name.
    ///
    /// # Errors
    ///
    /// If it is no valid connector, or can't be written.
    pub fn store(
        &mut self,
        connector: &ImportedConnector,
        document: &str,
        report: &DocumentReport,
    ) -> Result<(), CatalogError> {
        let name = &connector.parts.name;
        check_name(name)?;
        connector.clone().connector()?;
        let pack = format!("{name}.{}.pack", self.number);
        let path = self.folder.join(&pack);
        // Left over from an import that did not end, or of a document before this one.
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(CatalogError::Io {
                    path,
                    source: error,
                });
            }
            _ => {}
        }
        let bytes = pack::write(&path, connector).map_err(CatalogError::io(&path))?;
        let index = catalog::index(&self.folder);
        self.index()?
            .replace(connector)
            .map_err(CatalogError::index(&index))?;
        let record = ConnectorRecord {
            name: name.clone(),
            display_name: connector.parts.display_name.clone(),
            document: document.to_owned(),
            source: connector.source.clone(),
            imported: report.count(Outcome::Imported),
            degraded: report.count(Outcome::Degraded),
            refused: report.count(Outcome::Refused),
            actions: connector.actions.len(),
            bytes,
            pack,
        };
        let refused = &mut self.manifest.refused;
        refused.retain(|refused| refused.document != document);
        let known = &mut self.manifest.connectors;
        match known.binary_search_by(|other| other.name.cmp(name)) {
            Ok(at) => known[at] = record,
            Err(at) => known.insert(at, record),
        }
        Ok(())
    }

    /// Removes the connector of a name, or what is known of the refused document of that name; returns
    /// whether there was one.
    ///
    /// # Errors
    ///
    /// If the search index can't be opened.
    pub fn remove(&mut self, name: &str) -> Result<bool, CatalogError> {
        let refused = self.manifest.refused.len();
        let connectors = self.manifest.connectors.len();
        self.manifest
            .refused
            .retain(|refused| refused.document != name);
        self.manifest
            .connectors
            .retain(|record| record.name != name);
        if self.manifest.connectors.len() < connectors {
            self.index()?.remove(name);
        }
        let left = self.manifest.refused.len() + self.manifest.connectors.len();
        Ok(left < refused + connectors)
    }

    /// Remembers that a document could not be imported.
    pub fn refuse(&mut self, document: &str, problem: &str) {
        let refused = &mut self.manifest.refused;
        refused.retain(|refused| refused.document != document);
        refused.push(RefusedDocument {
            document: document.to_owned(),
            problem: problem.to_owned(),
        });
    }

    /// Puts the changes in place of the catalog as it was, in one step.
    ///
    /// # Errors
    ///
    /// If they can't be written; then the catalog is what it was.
    pub fn commit(mut self) -> Result<(), CatalogError> {
        let name = format!("connectors.{}.json", self.number);
        let path = self.folder.join(&name);
        self.manifest
            .write(&path)
            .map_err(CatalogError::io(&path))?;
        sync(&self.folder).map_err(CatalogError::io(&self.folder))?;
        let index = catalog::index(&self.folder);
        self.index()?;
        if let Some(writer) = self.index.take() {
            writer.commit(&name).map_err(CatalogError::index(&index))?;
        }
        let mut kept = self.earlier;
        kept.insert(name);
        let packs = self.manifest.connectors.iter();
        kept.extend(packs.map(|record| record.pack.clone()));
        remove_others(&self.folder, &kept).map_err(CatalogError::io(&self.folder))
    }

    fn index(&mut self) -> Result<&mut IndexWriter, CatalogError> {
        let path = catalog::index(&self.folder);
        if self.index.is_none() {
            let opened = create(&path)
                .map_err(CatalogError::io(&path))
                .and_then(|()| IndexWriter::open(&path).map_err(CatalogError::index(&path)));
            self.index = Some(opened?);
        }
        self.index.as_mut().ok_or(CatalogError::Busy(path))
    }
}

/// Returns the number in `connectors.7.json`.
fn numbered(name: &str) -> Option<u64> {
    name.split('.').nth(1)?.parse().ok()
}

/// Removes the files that neither the catalog nor the one before it has: processes may still read
/// that.
fn remove_others(folder: &Path, kept: &HashSet<String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let is_kept = name.to_str().is_some_and(|name| kept.contains(name));
        if !is_kept && entry.file_type()?.is_file() {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Brings the names of new files to the disk.
fn sync(folder: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// Makes a folder that only its owner may enter, and closes the data directory around it if that
/// is empty: a gateway uses none that others can enter.
fn create(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
        builder.mode(0o700);
        if let Some(around) = folder.parent()
            && fs::read_dir(around).is_ok_and(|mut entries| entries.next().is_none())
        {
            fs::set_permissions(around, fs::Permissions::from_mode(0o700))?;
        }
    }
    builder.create(folder)
}
