//! The other processes on a store.

use std::sync::Arc;

use async_trait::async_trait;

use crate::StoreError;

/// What is called when another process may have changed tokens or connections.
pub type ChangeListener = Arc<dyn Fn() + Send + Sync>;

/// The other processes on the store. One that only one process uses has nothing to tell of them.
#[async_trait]
pub trait ProcessStore: Send + Sync {
    /// Calls a listener whenever another process may have changed tokens or connections.
    fn on_change(&self, _listener: ChangeListener) {}

    /// Lets the other processes on the store know which keys this one can open values with.
    async fn announce_keys(&self, _ids: &[String]) -> Result<(), StoreError> {
        Ok(())
    }

    /// Returns how many other processes run on the store and did not announce this key.
    async fn processes_without_key(&self, _id: &str) -> Result<u64, StoreError> {
        Ok(0)
    }
}
