//! The store, its vault and a cache.

mod brief;
mod directory;

use plugwright_store::{Store, vault::Vault};
use std::sync::Arc;

pub use directory::{CachedToken, Directory};

/// A store with its vault and cache. Clones share everything.
#[derive(Clone)]
pub struct Storage {
    /// The store.
    pub store: Arc<dyn Store>,
    /// Seals secrets.
    pub vault: Vault,
    /// Caches reads.
    pub directory: Arc<Directory>,
}

impl Storage {
    /// Creates the storage, which listens for changes of the store.
    pub(crate) fn new(store: Arc<dyn Store>, vault: Vault) -> Self {
        let directory = Arc::new(Directory::new());
        let changed = Arc::clone(&directory);
        store.on_change(Arc::new(move || changed.forget()));
        Self {
            store,
            vault,
            directory,
        }
    }
}
