//! What carries the requests of a connector that does not speak plain HTTP.

use std::sync::Arc;

use super::{Request, Response, Transport, TransportError};

/// Carries the requests of a connector's actions in its own way, such as over a session or to a process.
///
/// Dry runs, mocks and recordings never reach it.
#[async_trait::async_trait]
pub trait Relay: Send + Sync {
    /// Carries one request. `network` sends requests over HTTP for the same call; `peer` tells callers
    /// and accounts apart that must not share a session. The future is dropped when the call is given up.
    ///
    /// # Errors
    ///
    /// As those of [`Transport::send`].
    async fn carry(
        &self,
        request: &Request,
        network: &Network,
        peer: &str,
    ) -> Result<Response, TransportError>;
}

/// What sends requests over HTTP for one call.
#[derive(Clone)]
pub struct Network {
    /// Sends them until the call's deadline.
    pub during: Arc<dyn Transport>,
    /// Sends what the provider has to know of a call that was given up, until a little later.
    pub after: Arc<dyn Transport>,
}

/// Sends the requests of one call over a [`Relay`].
pub struct Relayed {
    /// What carries them.
    pub relay: Arc<dyn Relay>,
    /// What sends over HTTP.
    pub network: Network,
    /// Who calls, or by which account.
    pub peer: String,
}

#[async_trait::async_trait]
impl Transport for Relayed {
    async fn send(&self, request: &Request) -> Result<Response, TransportError> {
        self.relay.carry(request, &self.network, &self.peer).await
    }
}
