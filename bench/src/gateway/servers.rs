//! The servers that are measured, and the provider behind them. Each runs in a process of its own.

use std::future::Future;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use axum::Router;
use axum::extract::State;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::serve::ListenerExt as _;
use bytes::Bytes;
use plugwright_gateway::Config;
use plugwright_sdk::host::Registry;
use plugwright_sdk::{ConnectorDefinition, Secret};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;

use super::Result;
use super::connector::{self, ITEMS, UPSTREAM_TOKEN};

/// The one token that the floor takes.
pub(super) const FLOOR_TOKEN: &str = "pw_floor_0123456789abcdefghijklmnopqrstuvwxyz";
/// The operator's token of the gateways.
pub(super) const OPERATOR_TOKEN: &str = "operator-of-the-benchmark";

const JSON: [(axum::http::HeaderName, &str); 1] = [(CONTENT_TYPE, "application/json")];

/// What a gateway keeps of calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

    fn named(name: &str) -> Result<Self> {
        [Self::Off, Self::Metadata, Self::Payloads]
            .into_iter()
            .find(|log| log.name() == name)
            .ok_or_else(|| format!("`{name}` is not a run log: off, metadata or payloads").into())
    }
}

/// Runs the server that the arguments of the process name, until the process that started it goes
/// away; `None` if they name none.
pub(super) fn run(arguments: &[&str]) -> Option<Result<()>> {
    // All have the runtime that a server has who does not think about it.
    let on_all_cores = tokio::runtime::Builder::new_multi_thread();
    Some(match *arguments {
        ["upstream"] => serve_on(
            tokio::runtime::Builder::new_current_thread(),
            listen(upstream()),
        ),
        ["floor", upstream] => floor(upstream).and_then(|app| serve_on(on_all_cores, listen(app))),
        ["static", file] => fixed(file).and_then(|app| serve_on(on_all_cores, listen(app))),
        ["serve", log, folder] => serve_on(
            on_all_cores,
            gateway(&connector::CONNECTOR, log, folder.into()),
        ),
        ["serve-many", folder] => serve_on(
            on_all_cores,
            gateway(connector::many(), RunLog::Off.name(), folder.into()),
        ),
        _ => return None,
    })
}

fn serve_on(
    mut runtime: tokio::runtime::Builder,
    server: impl Future<Output = Result<()>>,
) -> Result<()> {
    runtime.enable_all().build()?.block_on(async {
        tokio::select! {
            ended = server => ended,
            () = parent_went_away() => Ok(()),
        }
    })
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
        client: reqwest::Client::builder().no_proxy().build()?,
        url: format!("{upstream}/items?project=plugwright&state=open&limit=10").parse()?,
    };
    Ok(Router::new()
        .route("/v1/actions/{id}", post(pass_through))
        .with_state(floor))
}

/// Takes the body and does not look at it.
async fn pass_through(State(floor): State<Floor>, headers: HeaderMap, _body: Bytes) -> Response {
    let allowed = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.as_bytes().strip_prefix(b"Bearer "))
        .is_some_and(|token| verify_slices_are_equal(token, FLOOR_TOKEN.as_bytes()).is_ok());
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
fn fixed(file: &str) -> Result<Router> {
    let document = Bytes::from(std::fs::read(file)?);
    Ok(Router::new().route(
        "/v1/actions/{id}",
        get(async move || (JSON, document.clone())),
    ))
}

/// The gateway as a team would run it: all that differs from the defaults is the connector, the
/// provider on loopback and what is kept of calls.
async fn gateway(
    connector: &'static ConnectorDefinition,
    log: &str,
    folder: PathBuf,
) -> Result<()> {
    let log = RunLog::named(log)?;
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
