//! Memory for large answers.

/// What large answers take their memory from, in a host that runs many calls at once.
///
/// [`ActionContextBuilder::response_memory`] sets one for each call. Answers up to 64 KiB don't ask.
///
/// [`ActionContextBuilder::response_memory`]: super::ActionContextBuilder::response_memory
#[async_trait::async_trait]
pub trait ResponseMemory: Send + Sync {
    /// Waits until there is memory for so many bytes, which the call then has until it ends. Where none
    /// comes free, the call's deadline ends the wait.
    async fn reserve(&self, bytes: usize);
}
