//! MCP on standard input and output, for a client that starts the process itself.

mod transport;

use std::sync::Arc;

use rmcp::ServiceExt as _;
use tokio_util::sync::CancellationToken;

use super::server::{Caller, Server};
use super::tools::Tools;
use crate::gateway::Gateway;
use plugwright_engine::Principal;
use plugwright_store::Patterns;
use transport::Transport;

/// Serves until the input ends, or `stop` is cancelled. Nothing but the protocol goes to standard
/// output.
///
/// # Errors
///
/// If the client does not begin as MCP does.
pub async fn serve(
    gateway: &Gateway,
    tools: Option<Patterns>,
    stop: CancellationToken,
) -> Result<(), String> {
    let caller = Arc::new(Caller::local(Principal::local(), tools));
    let server = Server {
        tools: Arc::new(Tools::new(gateway)),
        running: Arc::default(),
        only_caller: Some(Arc::clone(&caller)),
    };
    let transport = Transport::new(
        tokio::io::stdin(),
        tokio::io::stdout(),
        gateway.inner().bodies.clone(),
        caller,
    );
    let begun = server.serve_with_ct(transport, stop.clone()).await;
    let running = match begun {
        Ok(running) => running,
        Err(_) if stop.is_cancelled() => return Ok(()),
        // Started to see whether it starts, and left alone.
        Err(rmcp::service::ServerInitializeError::ConnectionClosed(_)) => return Ok(()),
        Err(error) => return Err(error.to_string()),
    };
    running
        .waiting()
        .await
        .map(drop)
        .map_err(|error| error.to_string())
}
