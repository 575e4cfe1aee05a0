//! The gateway as a process: what `plugwright serve` runs.

mod connections;
mod crowd;
mod descriptors;
mod listener;
mod progress;
mod requests;
mod start;
mod state;
mod watched;
mod workers;

use std::net::SocketAddr;
use std::path::PathBuf;

use plugwright_egress::EgressError;
use plugwright_sdk::host::Registry;
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::telemetry::TelemetryError;
use plugwright_engine::EngineError;
use plugwright_engine::run_log::RunLogError;
use plugwright_store::Patterns;
#[cfg(feature = "postgres")]
use plugwright_store::PostgresError;
use plugwright_store::data_directory::DataDirectoryError;
use plugwright_store::vault::VaultError;
use plugwright_store::{OpenError, StoreError};
use plugwright_surfaces::Surfaces;
use start::Started;
use workers::Workers;

/// The gateway can't serve.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The address can't be listened on.
    #[error("`{address}` can't be listened on: {error}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why not.
        #[source]
        error: std::io::Error,
    },
    /// The threads that answer clients can't be started.
    #[error("threads to answer clients can't be started: {0}")]
    Threads(#[source] std::io::Error),
    /// Anonymous calls would be let in from other machines.
    #[error(
        "`dev` lets calls in without a token, so it listens on a loopback address alone, not on {0}; leave `dev` out or listen on 127.0.0.1"
    )]
    OpenToAll(SocketAddr),
    /// The data directory can't be used.
    #[error(transparent)]
    DataDirectory(#[from] DataDirectoryError),
    /// The database can't be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The PostgreSQL database can't be used.
    #[cfg(feature = "postgres")]
    #[error(transparent)]
    Postgres(#[from] PostgresError),
    /// The store does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The key of the stored secrets is missing or wrong.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The run log can't be opened.
    #[error(transparent)]
    RunLog(#[from] RunLogError),
    /// The way out can't be set up.
    #[error(transparent)]
    Egress(#[from] EgressError),
    /// The gateway can't be put together.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// Logs or traces can't be set up.
    #[error(transparent)]
    Telemetry(#[from] TelemetryError),
    /// A file of certificates can't be read.
    #[error("`{}` can't be read: {error}", path.display())]
    Certificates {
        /// The file.
        path: PathBuf,
        /// Why not.
        #[source]
        error: std::io::Error,
    },
    /// A destination that calls may reach can't be read.
    #[error("`egress.allow` has a wrong entry: {0}")]
    Destination(String),
    /// A setting names a connector that is not in the registry.
    #[error("the configuration names connector `{0}`, which this binary does not have")]
    UnknownConnector(String),
    /// The client on standard input does not speak MCP.
    #[error("the client does not speak MCP: {0}")]
    Mcp(String),
    /// No random numbers can be had.
    #[error("the system gives no random numbers")]
    Random,
}

/// Serves until the process is told to stop (interrupt or SIGTERM): then it takes no new
/// connection, finishes the calls that run, writes what is pending and returns.
///
/// # Errors
///
/// Says why it can't start.
pub async fn serve(registry: Registry, config: Config) -> Result<(), ServeError> {
    let address = config.listen;
    if config.dev && !address.ip().is_loopback() {
        return Err(ServeError::OpenToAll(address));
    }
    let telemetry = start::telemetry(&config)?;
    let limits = descriptors::fit(config.limits.clone());
    // First of all: two processes on one directory are refused before they compete for a port.
    let Started {
        gateway,
        new_operator_token,
        _directory,
    } = start::start(registry, &config).await?;
    let listen = |error| ServeError::Listen { address, error };
    let listener = listener::listen(address).map_err(listen)?;
    let address = listener.local_addr().map_err(listen)?;
    let egress = gateway.engine().egress();
    let workers = Workers::start(workers::count(), egress).map_err(ServeError::Threads)?;
    gateway.listens_on(address);
    if let Some(token) = new_operator_token {
        println!("operator token (shown once, keep it): {}", token.expose());
    }
    println!("listening on http://{address}");
    tracing::info!(%address, dev = config.dev, "serving");

    let stop = CancellationToken::new();
    tokio::spawn({
        let (stop, gateway) = (stop.clone(), gateway.clone());
        async move {
            told_to_stop().await;
            gateway.engine().retire();
            stop.cancel();
        }
    });
    let housekeeping = tokio::spawn(start::keep_house(gateway.clone()));
    let surfaces = Surfaces::new(&gateway);
    let hits = gateway.engine().metrics().limit_hits().clone();
    connections::serve(listener, &workers, surfaces, &limits, hits, stop).await;
    housekeeping.abort();
    let late = gateway.engine().finish(limits.shutdown_grace).await;
    tracing::info!(unfinished = late, "stopped");
    telemetry.shutdown().await;
    Ok(())
}

/// Serves MCP on standard input and output, with everything that the configuration names but the
/// address, until the input ends or the process is told to stop. `tools` says which tools are
/// offered; without it these are the ones for discovery. Logs go to standard error.
///
/// # Errors
///
/// Says why it can't start.
pub async fn serve_mcp(
    registry: Registry,
    config: Config,
    tools: Option<Patterns>,
) -> Result<(), ServeError> {
    let telemetry = start::telemetry(&config)?;
    let Started {
        gateway,
        new_operator_token,
        _directory,
    } = start::start(registry, &config).await?;
    if let Some(token) = new_operator_token {
        eprintln!("operator token (shown once, keep it): {}", token.expose());
    }
    let stop = CancellationToken::new();
    tokio::spawn({
        let stop = stop.clone();
        async move {
            told_to_stop().await;
            stop.cancel();
        }
    });
    let housekeeping = tokio::spawn(start::keep_house(gateway.clone()));
    let served = plugwright_surfaces::serve_stdio(&gateway, tools, stop).await;
    housekeeping.abort();
    gateway.engine().retire();
    let late = gateway.engine().finish(config.limits.shutdown_grace).await;
    tracing::debug!(unfinished = late, "stopped");
    telemetry.shutdown().await;
    served.map_err(ServeError::Mcp)
}

/// Waits for an interrupt or, where the system has it, SIGTERM.
async fn told_to_stop() {
    let interrupted = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! {
        () = interrupted => {}
        () = terminated => {}
    }
}
