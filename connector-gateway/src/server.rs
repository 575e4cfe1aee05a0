//! The gateway as a process: what `plugwright serve` runs.

mod connections;
mod crowd;
mod descriptors;
mod listener;
mod lock;
mod progress;
mod requests;
mod start;
mod state;
mod stream;
mod workers;

use std::net::SocketAddr;
use std::path::PathBuf;

use plugwright_egress::EgressError;
use plugwright_sdk::Secret;
use plugwright_sdk::host::Registry;
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::telemetry::TelemetryError;
use plugwright_engine::EngineError;
use plugwright_engine::lock::{Change, LockError};
use plugwright_engine::patterns::unmatched_tools;
use plugwright_engine::run_log::RunLogError;
use plugwright_engine::threads;
use plugwright_store::Patterns;
#[cfg(feature = "postgres")]
use plugwright_store::PostgresError;
use plugwright_store::data_directory::DataDirectoryError;
use plugwright_store::vault::VaultError;
use plugwright_store::{OpenError, StoreError};
use plugwright_surfaces::Surfaces;
use start::Started;

/// The gateway can't serve.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the messages name the fields")]
pub enum ServeError {
    /// The address can't be bound.
    #[error("can't listen on {address}: {error}")]
    Listen {
        address: SocketAddr,
        #[source]
        error: std::io::Error,
    },
    /// The worker threads can't be started.
    #[error("can't start worker threads: {0}")]
    Threads(#[source] std::io::Error),
    /// Other machines could call without a token.
    #[error(
        "`dev` allows calls without a token, so it requires a loopback address, not {0}; remove `dev` or listen on 127.0.0.1"
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
    /// The store does not respond.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The key of the stored secrets is missing or wrong.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The run log can't be opened.
    #[error(transparent)]
    RunLog(#[from] RunLogError),
    /// Egress can't be set up.
    #[error(transparent)]
    Egress(#[from] EgressError),
    /// The gateway can't be built.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// Logs or traces can't be set up.
    #[error(transparent)]
    Telemetry(#[from] TelemetryError),
    /// A certificate file can't be read.
    #[error("can't read `{}`: {error}", path.display())]
    Certificates {
        path: PathBuf,
        #[source]
        error: std::io::Error,
    },
    /// A setting names a connector that is not in the registry.
    #[error("unknown connector `{0}` in the configuration")]
    UnknownConnector(String),
    /// The lock can't be read.
    #[error("`lock_file`: can't read `{}`: {error}", path.display())]
    LockUnreadable {
        path: PathBuf,
        #[source]
        error: std::io::Error,
    },
    /// The lock is damaged, or of another version.
    #[error("`lock_file`: `{}`: {error}", path.display())]
    Lock {
        path: PathBuf,
        #[source]
        error: LockError,
    },
    /// Linked actions may do more than the lock says.
    #[error("linked actions may do more than `{}` says: {}", path.display(), list(changes))]
    WiderAuthority { path: PathBuf, changes: Vec<Change> },
    /// The client on standard input does not speak MCP.
    #[error("the client does not speak MCP: {0}")]
    Mcp(String),
    /// The system's random number generator failed.
    #[error("the system's random number generator failed")]
    Random,
}

fn list(changes: &[Change]) -> String {
    let changes: Vec<_> = changes.iter().map(ToString::to_string).collect();
    changes.join("; ")
}

/// Serves until the process gets an interrupt or SIGTERM. Then it accepts no new connections,
/// finishes the running calls, writes pending data and returns.
///
/// # Errors
///
/// Fails if it can't start.
pub async fn serve(registry: Registry, config: Config) -> Result<(), ServeError> {
    let address = config.listen;
    if config.dev && !address.ip().is_loopback() {
        return Err(ServeError::OpenToAll(address));
    }
    let telemetry = start::telemetry(&config)?;
    let limits = descriptors::fit(config.limits.clone());
    let listen = || {
        let listener = listener::listen(address)?;
        let address = listener.local_addr()?;
        Ok((listener, address))
    };
    let listen = || listen().map_err(|error| ServeError::Listen { address, error });
    let show = |token: &Secret| println!("operator token (shown only once): {}", token.expose());
    let Started {
        gateway,
        listener: (listener, address),
        _directory,
    } = start::start(registry, &config, listen, show).await?;
    let egress = gateway.engine().egress();
    let workers = workers::start(threads::count(), egress).map_err(ServeError::Threads)?;
    gateway.listens_on(address);
    println!("listening on http://{address}");
    tracing::info!(%address, dev = config.dev, "serving");

    let retiring = gateway.clone();
    let stop = stop_when_asked(move || retiring.engine().retire());
    let housekeeping = tokio::spawn(start::run_housekeeping(gateway.clone()));
    let surfaces = Surfaces::new(&gateway);
    let hits = gateway.engine().metrics().limit_hits().clone();
    connections::serve(listener, &workers, surfaces, &limits, hits, stop).await;
    housekeeping.abort();
    let late = gateway.engine().finish(limits.shutdown_grace).await;
    tracing::info!(unfinished = late, "stopped");
    telemetry.shutdown().await;
    Ok(())
}

/// Serves MCP on standard input and output until the input ends or the process is asked to stop.
/// `tools` are the tools to offer; without it, the discovery tools. Logs go to standard error.
///
/// # Errors
///
/// Fails if it can't start.
pub async fn serve_mcp(
    registry: Registry,
    config: Config,
    tools: Option<Patterns>,
) -> Result<(), ServeError> {
    let telemetry = start::telemetry(&config)?;
    for warning in unmatched_tools(&registry, tools.iter().flatten()) {
        tracing::warn!("`--tools`: {warning}");
    }
    // Standard output belongs to the protocol.
    let show = |token: &Secret| eprintln!("operator token (shown only once): {}", token.expose());
    let Started {
        gateway,
        listener: (),
        _directory,
    } = start::start(registry, &config, || Ok(()), show).await?;
    let stop = stop_when_asked(|| ());
    let housekeeping = tokio::spawn(start::run_housekeeping(gateway.clone()));
    let served = plugwright_surfaces::serve_stdio(&gateway, tools, stop).await;
    housekeeping.abort();
    gateway.engine().retire();
    let late = gateway.engine().finish(config.limits.shutdown_grace).await;
    tracing::debug!(unfinished = late, "stopped");
    telemetry.shutdown().await;
    served.map_err(ServeError::Mcp)
}

/// Returns what is cancelled once the process is asked to stop and `before` was called.
fn stop_when_asked(before: impl FnOnce() + Send + 'static) -> CancellationToken {
    let stop = CancellationToken::new();
    let asked = stop.clone();
    tokio::spawn(async move {
        stop_signal().await;
        before();
        asked.cancel();
    });
    stop
}

/// Waits for an interrupt or, on Unix, SIGTERM.
async fn stop_signal() {
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
