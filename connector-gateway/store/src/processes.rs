//! Other processes on a store.

use std::sync::Arc;

use async_trait::async_trait;

use crate::StoreError;

/// Called when another process may have changed tokens or connections.
pub type ChangeListener = Arc<dyn Fn() + Send + Sync>;

/// The other processes on the store. A store for a single process has none.
#[async_trait]
pub trait ProcessStore: Send + Sync {
    /// Calls a listener whenever another process may have changed tokens or connections.
    fn on_change(&self, _listener: ChangeListener) {}

    /// Announces to other processes which keys this one can open values with.
    async fn announce_keys(&self, _ids: &[String]) -> Result<(), StoreError> {
        Ok(())
    }

    /// Returns how many other processes run on the store and did not announce this key.
    async fn processes_without_key(&self, _id: &str) -> Result<u64, StoreError> {
        Ok(0)
    }
}
