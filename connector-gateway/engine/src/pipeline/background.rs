//! Work that outlives its caller.

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Work that outlives its caller.
pub(crate) struct Background {
    pub(crate) tasks: TaskTracker,
    /// Cancelled when the process stops.
    pub(crate) stopping: CancellationToken,
}
