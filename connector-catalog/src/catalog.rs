//! A catalog that is read, and followed as it changes.

mod generation;
mod own;

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};
use std::time::{Duration, Instant};

use plugwright_import::{ImportedConnector, McpServer};
use plugwright_sdk::host::{Connector, Library};
use plugwright_sdk::transport::Relay;

use crate::actions::{LoadedActions, PackedActions};
use crate::manifest::{ConnectorRecord, RefusedDocument};
use crate::pack::{Pack, may_pass};
use crate::search::DiskIndex;
use generation::Generation;
pub(crate) use generation::committed;
pub(crate) use own::check as check_own;

const FOLDER: &str = "catalog";

/// How often it is looked whether there is a new catalog, at most.
const LOOKED: Duration = Duration::from_secs(1);

/// The imported connectors of a data directory.
///
/// Connectors and actions are loaded when they are needed. A new catalog that another process
/// commits is noticed within a second; connectors that it replaces are kept until the process ends,
/// their actions are not.
pub struct Catalog {
    folder: PathBuf,
    /// All connectors that were there at any time.
    slots: boxcar::Vec<Slot>,
    current: RwLock<Arc<Generation>>,
    loaded: LoadedActions,
    report: fn(&str, &CatalogError),
    relays: Box<Relays>,
    opened: Instant,
    /// When it was last looked for a new catalog, in milliseconds after it was opened.
    looked: AtomicU64,
}

/// Makes what carries the calls of the connector of a name to its MCP server, if it can.
type Relays = dyn Fn(&str, &McpServer) -> Option<Arc<dyn Relay>> + Send + Sync;

/// A connector, which is loaded at most once, unless that fails for a cause that may pass.
struct Slot {
    name: Box<str>,
    pack: Box<str>,
    loading: Mutex<()>,
    connector: OnceLock<Option<Connector>>,
}

/// A catalog can't be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CatalogError {
    /// A file can't be read or written.
    #[error("{path}: {source}", path = .path.display())]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// Another user could have made or changed it.
    #[error("{path} {problem}", path = .path.display())]
    Untrusted {
        /// The file or directory.
        path: PathBuf,
        /// What is wrong, and how to fix it.
        problem: String,
    },
    /// The search index can't be read or written.
    #[error("the search index in {path}: {source}", path = .path.display())]
    Index {
        /// Its directory.
        path: PathBuf,
        /// The cause.
        source: tantivy::TantivyError,
    },
    /// Another process writes to the catalog.
    #[error("{path}: another import is writing to it; wait for its end", path = .0.display())]
    Busy(PathBuf),
    /// A connector's actions are tools of an MCP server.
    #[error("its actions are tools of an MCP server, which this program can't use")]
    McpServer,
    /// A connector can't be stored.
    #[error(transparent)]
    Connector(#[from] plugwright_sdk::host::InvalidConnector),
}

impl CatalogError {
    pub(crate) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        |source| Self::Io { path, source }
    }

    pub(crate) fn index(path: &Path) -> impl FnOnce(tantivy::TantivyError) -> Self {
        let path = path.to_owned();
        |source| Self::Index { path, source }
    }

    fn may_pass(&self) -> bool {
        matches!(self, Self::Io { source, .. } if may_pass(source))
    }
}

impl Catalog {
    /// Opens the catalog of a data directory, if there is one.
    ///
    /// # Errors
    ///
    /// If it can't be read, or another user could have made or changed it.
    pub fn open(data_directory: &Path) -> Result<Option<Self>, CatalogError> {
        let folder = folder(data_directory);
        let slots = boxcar::Vec::new();
        let current = Generation::open(&folder, &slots, None)?;
        Ok(current.map(|current| Self::of(folder, slots, current)))
    }

    /// Opens the catalog of a data directory. If there is none, it is empty until something is imported.
    ///
    /// # Errors
    ///
    /// If it can't be read, or another user could have made or changed it.
    pub fn follow(data_directory: &Path) -> Result<Self, CatalogError> {
        let folder = folder(data_directory);
        let slots = boxcar::Vec::new();
        let current = Generation::open(&folder, &slots, None)?;
        let current = current.unwrap_or_else(Generation::empty);
        Ok(Self::of(folder, slots, current))
    }

    fn of(folder: PathBuf, slots: boxcar::Vec<Slot>, current: Generation) -> Self {
        Self {
            folder,
            slots,
            current: RwLock::new(Arc::new(current)),
            loaded: LoadedActions::new(),
            report: |connector, error| {
                tracing::error!(connector, %error, "a connector can't be loaded");
            },
            relays: Box::new(|_, _| None),
            opened: Instant::now(),
            looked: AtomicU64::new(0),
        }
    }

    /// Says by `report` which connectors can't be loaded, in place of the log.
    #[must_use]
    pub fn report(mut self, report: fn(&str, &CatalogError)) -> Self {
        self.report = report;
        self
    }

    /// Lets `make` carry the calls of connectors to their MCP servers: it is given the connector's name.
    #[must_use]
    pub fn relays(
        mut self,
        make: impl Fn(&str, &McpServer) -> Arc<dyn Relay> + Send + Sync + 'static,
    ) -> Self {
        self.relays = Box::new(move |name, server| Some(make(name, server)));
        self
    }

    /// Returns what is known of each connector, in the order of their names.
    ///
    /// # Errors
    ///
    /// If it can't be read.
    pub fn records(&self) -> Result<Vec<ConnectorRecord>, CatalogError> {
        Ok(self.generation().manifest(&self.folder)?.connectors)
    }

    /// Returns the documents that could not be imported.
    ///
    /// # Errors
    ///
    /// If they can't be read.
    pub fn refused(&self) -> Result<Vec<RefusedDocument>, CatalogError> {
        Ok(self.generation().manifest(&self.folder)?.refused)
    }

    /// Returns how much the catalog takes on disk, in bytes.
    ///
    /// # Errors
    ///
    /// If a directory can't be read.
    pub fn bytes(&self) -> Result<u64, CatalogError> {
        let mut bytes = 0;
        for folder in [&self.folder, &index(&self.folder)] {
            let entries = fs::read_dir(folder).map_err(CatalogError::io(folder))?;
            for entry in entries {
                let about = entry.and_then(|entry| entry.metadata());
                bytes += about.map_err(CatalogError::io(folder))?.len();
            }
        }
        Ok(bytes)
    }

    /// Reads a whole connector, as it was imported.
    ///
    /// # Errors
    ///
    /// If it can't be read.
    pub fn imported(&self, name: &str) -> Result<Option<ImportedConnector>, CatalogError> {
        let current = self.generation();
        let Some(slot) = current.slot(&self.slots, name) else {
            return Ok(None);
        };
        whole(&self.folder.join(&*slot.pack)).map(Some)
    }

    pub(crate) fn index(&self) -> Result<Option<DiskIndex>, CatalogError> {
        self.generation().index(&self.folder)
    }

    /// Returns the current generation, after a look whether there is a new one.
    fn generation(&self) -> Arc<Generation> {
        let now = self.opened.elapsed();
        let looked = self.looked.load(Ordering::Relaxed);
        let millis = u64::try_from(now.as_millis()).unwrap_or(u64::MAX);
        if now.saturating_sub(Duration::from_millis(looked)) >= LOOKED {
            let ours =
                self.looked
                    .compare_exchange(looked, millis, Ordering::Relaxed, Ordering::Relaxed);
            if ours.is_ok() {
                self.look();
            }
        }
        self.current()
    }

    fn current(&self) -> Arc<Generation> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Opens the new catalog if there is one. Until it can be read, the old one stays.
    fn look(&self) {
        let old = self.current();
        if !old.is_replaced(&self.folder) {
            return;
        }
        match Generation::open(&self.folder, &self.slots, Some(&old)) {
            Ok(Some(new)) => {
                tracing::info!(connectors = new.len(), "a new catalog is in use");
                *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(new);
            }
            Ok(None) => {}
            Err(error) => tracing::error!(%error, "the new catalog can't be read"),
        }
    }

    fn load(&self, index: usize) -> Option<&Connector> {
        let slot = self.slots.get(index)?;
        if let Some(known) = slot.connector.get() {
            return known.as_ref();
        }
        let _loading = slot.loading.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = slot.connector.get() {
            return known.as_ref();
        }
        let loaded = self.read(index, slot);
        if let Err(error) = &loaded {
            (self.report)(&slot.name, error);
            if error.may_pass() {
                return None;
            }
        }
        slot.connector.get_or_init(|| loaded.ok()).as_ref()
    }

    fn read(&self, index: usize, slot: &Slot) -> Result<Connector, CatalogError> {
        let path = self.folder.join(&*slot.pack);
        let (pack, shell) = Pack::open(&path).map_err(CatalogError::io(&path))?;
        let actions = PackedActions {
            slot: index,
            connector: slot.name.to_string(),
            pack: Arc::new(pack),
            loaded: self.loaded.clone(),
        };
        let relay = match &shell.server {
            Some(server) => {
                let made = (self.relays)(&slot.name, server);
                Some(made.ok_or(CatalogError::McpServer)?)
            }
            None => None,
        };
        Ok(Connector::lazy(shell.parts, Arc::new(actions), relay)?)
    }
}

impl Library for Catalog {
    fn names(&self) -> Box<dyn Iterator<Item = &str> + Send + '_> {
        let current = self.generation();
        let indexes = (0..current.len()).filter_map(move |place| current.at(place));
        Box::new(indexes.filter_map(|index| Some(&*self.slots.get(index)?.name)))
    }

    fn has(&self, name: &str) -> bool {
        self.generation().slot(&self.slots, name).is_some()
    }

    fn connector(&self, name: &str) -> Option<&Connector> {
        let current = self.generation();
        let index = current.find(&self.slots, name)?;
        self.load(index).or_else(|| {
            // Its file may be gone, since there is a new catalog.
            self.look();
            let newer = self.current().find(&self.slots, name)?;
            (newer != index).then(|| self.load(newer))?
        })
    }

    fn generation(&self) -> u64 {
        Self::generation(self).number()
    }
}

impl fmt::Debug for Catalog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Catalog");
        debug.field("folder", &self.folder).finish_non_exhaustive()
    }
}

pub(crate) fn folder(data_directory: &Path) -> PathBuf {
    data_directory.join(FOLDER)
}

pub(crate) fn index(folder: &Path) -> PathBuf {
    folder.join("index")
}

pub(crate) fn whole(path: &Path) -> Result<ImportedConnector, CatalogError> {
    let read = || {
        let (pack, shell) = Pack::open(path)?;
        pack.reader()?.whole(shell)
    };
    read().map_err(CatalogError::io(path))
}
