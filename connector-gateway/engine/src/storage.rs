//! What is kept: the store, what seals its secrets, and what was read of it a moment ago.

mod directory;

use plugwright_store::{Store, vault::Vault};
use std::sync::Arc;

pub use directory::{Directory, KnownToken};

/// A store with its vault. Clones share everything.
#[derive(Clone)]
pub struct Storage {
    /// Where things are kept.
    pub store: Arc<dyn Store>,
    /// Seals the secrets among them.
    pub vault: Vault,
    /// What was read of the store a moment ago.
    pub directory: Arc<Directory>,
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
