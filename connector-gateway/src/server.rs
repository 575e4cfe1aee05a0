//! The gateway as a process: what `plugwright serve` runs.

use plugwright_sdk::Registry;

use crate::config::Config;

/// The gateway can't serve.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The address can't be listened on.
    #[error("`{address}` can't be listened on: {error}")]
    Listen {
        /// The address.
        address: std::net::SocketAddr,
        /// Why not.
        #[source]
        error: std::io::Error,
    },
}

/// Serves until the process is told to stop.
///
/// # Errors
///
/// Says why it can't start, or why it had to stop.
pub async fn serve(registry: Registry, config: Config) -> Result<(), ServeError> {
    todo!("{registry:?} {config:?}")
}
