//! What is kept: the store, what seals its secrets, and what was read of it a moment ago.

mod directory;

use std::sync::Arc;

use crate::store::Store;
use crate::vault::Vault;

pub(crate) use directory::Directory;

/// A store with its vault. Clones share everything.
#[derive(Clone)]
pub(crate) struct Storage {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) vault: Vault,
    pub(crate) directory: Arc<Directory>,
}

impl Storage {
    /// Makes the storage, which hears of changes of the store.
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
