//! The servers that are measured, and the provider behind them. Each runs in a process of its own.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use anyhow::Result;
use axum::Router;
use axum::extract::State;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use axum::serve::ListenerExt as _;
use bytes::Bytes;
use plugwright_gateway::Config;
use plugwright_sdk::host::Registry;
use plugwright_sdk::transport::Live;
use plugwright_sdk::{ConnectorDefinition, Secret};
use subtle::ConstantTimeEq as _;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;

use super::connector::{self, ITEMS, UPSTREAM_TOKEN};
use crate::{on_all_cores, on_one_core};

pub(super) const FLOOR_TOKEN: &str = "pw_floor_0123456789abcdefghijklmnopqrstuvwxyz";
pub(super) const OPERATOR_TOKEN: &str = "operator-of-the-benchmark";

const JSON: [(axum::http::HeaderName, &str); 1] = [(CONTENT_TYPE, "application/json")];

/// What a gateway keeps of calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum RunLog {
    Off,
    Metadata,
    Payloads,
}

impl RunLog {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Metadata => "metadata",
            Self::Payloads => "payloads",
        }
    }
}

/// A server that runs until the process that started it goes away.
#[derive(clap::Subcommand)]
#[command(hide = true)]
pub(super) enum Server {
    /// The provider.
    Upstream,
    /// The least that a gateway could be, in front of a provider.
    Floor { upstream: String },
    /// A server that answers every request with one document.
    Static { file: PathBuf },
    /// A gateway.
    Serve {
        #[arg(value_enum)]
        log: RunLog,
        folder: PathBuf,
    },
    /// A gateway with many actions.
    ServeMany { folder: PathBuf },
}

impl Server {
    pub(super) fn run(self) -> Result<()> {
        let runtime = match self {
            Self::Upstream => on_one_core()?,
            _ => on_all_cores()?,
        };
        runtime.block_on(async {
            tokio::select! {
                ended = self.serve() => ended,
                () = parent_went_away() => Ok(()),
            }
        })
    }

    async fn serve(self) -> Result<()> {
        match self {
            Self::Upstream => listen(upstream()).await,
            Self::Floor { upstream } => listen(floor(&upstream)?).await,
            Self::Static { file } => listen(fixed(&file)?).await,
            Self::Serve { log, folder } => gateway(&connector::CONNECTOR, log, folder).await,
            Self::ServeMany { folder } => gateway(connector::many(), RunLog::Off, folder).await,
        }
    }
}

/// The parent holds the other end of standard input.
async fn parent_went_away() {
    let mut byte = [0];
    while matches!(tokio::io::stdin().read(&mut byte).await, Ok(1..)) {}
}

/// Serves on a free port of loopback, and says on which.
async fn listen(app: Router) -> Result<()> {
    let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await?;
    println!("listening on http://{}", listener.local_addr()?);
    let listener = listener.tap_io(|stream| {
        // Without it the figures would be worse, and no more.
        let _ = stream.set_nodelay(true);
    });
    axum::serve(listener, app).await?;
    Ok(())
}

/// A provider that answers at once with a list of ten items.
fn upstream() -> Router {
    Router::new().route(
        "/items",
        get(async |headers: HeaderMap| {
            let token = headers
                .get(AUTHORIZATION)
                .and_then(|value| value.as_bytes().strip_prefix(b"Bearer "));
            if token == Some(UPSTREAM_TOKEN.as_bytes()) {
                (JSON, ITEMS).into_response()
            } else {
                StatusCode::UNAUTHORIZED.into_response()
            }
        }),
    )
}

#[derive(Clone)]
struct Floor {
    client: reqwest::Client,
    url: reqwest::Url,
}

/// The least that a gateway could do: a token check, one request, its answer.
fn floor(upstream: &str) -> Result<Router> {
    let floor = Floor {
        client: Live::client_builder()?.no_proxy().build()?,
        url: format!("{upstream}/items?project=plugwright&state=open&limit=10").parse()?,
    };
    Ok(Router::new()
        .route("/v1/actions/{id}", post(pass_through))
        .with_state(floor))
}

async fn pass_through(State(floor): State<Floor>, headers: HeaderMap, _body: Bytes) -> Response {
    let allowed = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.as_bytes().strip_prefix(b"Bearer "))
        .is_some_and(|token| token.ct_eq(FLOOR_TOKEN.as_bytes()).into());
    if !allowed {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let request = floor.client.get(floor.url).bearer_auth(UPSTREAM_TOKEN);
    let answer = async {
        let response = request.send().await?.error_for_status()?;
        response.bytes().await
    };
    match answer.await {
        Ok(body) => (JSON, body).into_response(),
        Err(error) => (StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
    }
}

/// Answers every request with one document.
fn fixed(file: &Path) -> Result<Router> {
    let document = Bytes::from(std::fs::read(file)?);
    Ok(Router::new().route(
        "/v1/actions/{id}",
        any(async move || (JSON, document.clone())),
    ))
}

/// The gateway as a team would run it: all that differs from the defaults is the connector, the
/// provider on loopback and what is kept of calls.
async fn gateway(
    connector: &'static ConnectorDefinition,
    log: RunLog,
    folder: PathBuf,
) -> Result<()> {
    let mut config = Config {
        listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        data_dir: folder,
        admin_token: Some(Secret::new(OPERATOR_TOKEN)),
        ..Config::default()
    };
    config.egress.allow = vec!["127.0.0.1".parse()?];
    config.run_log_enabled = log != RunLog::Off;
    config.run_log.payloads = log == RunLog::Payloads;
    let registry = Registry::new([connector])?;
    plugwright_gateway::serve(registry, config).await?;
    Ok(())
}
