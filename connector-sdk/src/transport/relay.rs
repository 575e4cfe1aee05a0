//! What carries the requests of a connector that does not speak plain HTTP.

use std::sync::Arc;

use super::{Request, Response, Transport, TransportError};

/// Carries the requests of a connector's actions in its own way, such as over a session or to a process.
///
/// Dry runs, mocks and recordings never reach it.
#[async_trait::async_trait]
pub trait Relay: Send + Sync {
    /// Carries one request. `network` sends requests over HTTP for the same call; `peer` tells callers
    /// and connections apart that must not share a session.
    ///
    /// # Errors
    ///
    /// As those of [`Transport::send`].
    async fn carry(
        &self,
        request: &Request,
        network: &Arc<dyn Transport>,
        peer: &str,
    ) -> Result<Response, TransportError>;
}

/// Sends the requests of one call over a [`Relay`].
pub struct Relayed {
    /// What carries them.
    pub relay: Arc<dyn Relay>,
    /// What sends over HTTP.
    pub network: Arc<dyn Transport>,
    /// Who calls, or by which connection.
    pub peer: String,
}

#[async_trait::async_trait]
impl Transport for Relayed {
    async fn send(&self, request: &Request) -> Result<Response, TransportError> {
        self.relay.carry(request, &self.network, &self.peer).await
    }
}
