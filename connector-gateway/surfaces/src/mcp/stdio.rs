//! MCP on standard input and output, for a client that starts the process itself.

mod transport;

use std::sync::Arc;

use rmcp::ServiceExt as _;
use tokio_util::sync::CancellationToken;

use super::server::{Client, Server};
use super::tools::Tools;
use crate::caller::Caller;
use crate::gateway::Gateway;
use plugwright_engine::Principal;
use plugwright_store::Patterns;
use transport::Transport;

/// Serves until the input ends or `stop` is cancelled. Only protocol messages go to standard output.
///
/// # Errors
///
/// If the client does not begin with MCP's initialization.
pub async fn serve(
    gateway: &Gateway,
    tools: Option<Patterns>,
    stop: CancellationToken,
) -> Result<(), String> {
    let caller = Caller {
        gateway: gateway.clone(),
        principal: Arc::new(Principal::local()),
    };
    let client = Arc::new(Client::new(caller, tools));
    let server = Server {
        tools: Arc::new(Tools::new(gateway.registry())),
        running: Arc::default(),
        only_client: Some(Arc::clone(&client)),
    };
    let transport = Transport::new(
        tokio::io::stdin(),
        tokio::io::stdout(),
        gateway.inner().bodies.clone(),
        client,
    );
    let running = match server.serve_with_ct(transport, stop.clone()).await {
        Ok(running) => running,
        Err(_) if stop.is_cancelled() => return Ok(()),
        // The client only checked that the process starts.
        Err(rmcp::service::ServerInitializeError::ConnectionClosed(_)) => return Ok(()),
        Err(error) => return Err(error.to_string()),
    };
    running
        .waiting()
        .await
        .map(drop)
        .map_err(|error| error.to_string())
}
