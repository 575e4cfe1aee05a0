//! `/status` and `/health`: whether calls can be made.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use futures_util::future::join_all;
use plugwright_sdk::Hint;
use plugwright_sdk::host::Connector;
use serde::Serialize;
use serde_json::json;
use url::form_urlencoded;

use super::envelope::{Failure, Subject, fresh, plain};
use super::{identify, limited};
use crate::caller::{Caller, runs_without_credential};
use crate::gateway::Gateway;
use crate::web;
use plugwright_store::{Connection, ConnectionStatus};

/// How long to wait for a provider.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Serialize)]
struct Status<'a> {
    gateway: GatewayStatus,
    connectors: BTreeMap<&'a str, ConnectorStatus>,
}

#[derive(Serialize)]
struct GatewayStatus {
    status: Health,
    version: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Health {
    /// Calls can be made.
    Healthy,
    /// The provider could not be reached.
    Degraded,
    /// Calls would fail.
    Unhealthy,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum AuthState {
    Connected,
    Expired,
    NotConfigured,
}

#[derive(Debug, Serialize)]
struct ConnectorStatus {
    status: Health,
    auth_state: AuthState,
    #[serde(skip_serializing_if = "Option::is_none")]
    authenticated_as: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// `GET /health`: the process is alive.
pub(super) async fn health() -> Response {
    plain(&json!({ "ok": true, "version": env!("CARGO_PKG_VERSION") }))
}

/// `GET /status`: the gateway and the connectors; with `deep=true` the providers are asked whose
/// the credentials are.
pub(super) async fn status(
    State(gateway): State<Gateway>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let started = Instant::now();
    let caller = match identify(&gateway, &headers, query.as_deref()).await {
        Ok(caller) => caller,
        Err(failure) => return failure.into_response(),
    };
    let deep = form_urlencoded::parse(query.unwrap_or_default().as_bytes())
        .any(|(name, value)| name == "deep" && value == "true");
    if deep
        && caller.principal.is_anonymous()
        && let Err(error) = web::check_get(&headers, web::GetEffect::Call)
    {
        return Failure::from(error).into_response();
    }
    let status = async {
        let status = look_up(&caller, deep).await?;
        fresh(&status, Subject::gateway("status"), started)
    };
    limited(&caller, status.await)
}

async fn look_up(caller: &Caller, deep: bool) -> Result<Status<'_>, Failure> {
    let healthy = caller.gateway.ready().await.is_ok();
    let connections = caller.connections(None, None).await?;
    if deep {
        // It costs as much as a call.
        let limits = caller.gateway.engine().rate_limits();
        limits.check(&caller.principal)?;
    }
    let statuses = caller.connectors().map(|connector| {
        let mut own = connections
            .iter()
            .filter(|connection| connection.connector == connector.name());
        let first = own.clone().next();
        let used = own.find(|connection| connection.is_default).or(first);
        async move {
            let mut status = stored_status(connector, used);
            if let (true, Some(connection)) = (deep, used) {
                ask_provider(caller, connector, connection, &mut status).await;
            }
            (connector.name(), status)
        }
    });
    Ok(Status {
        gateway: GatewayStatus {
            status: if healthy {
                Health::Healthy
            } else {
                Health::Unhealthy
            },
            version: env!("CARGO_PKG_VERSION"),
        },
        connectors: join_all(statuses).await.into_iter().collect(),
    })
}

/// Returns what is known of a connector without asking its provider.
fn stored_status(connector: &Connector, connection: Option<&Connection>) -> ConnectorStatus {
    let (status, auth_state) = match connection.map(|connection| connection.status) {
        Some(ConnectionStatus::Active) => (Health::Healthy, AuthState::Connected),
        Some(_) => (Health::Unhealthy, AuthState::Expired),
        None if runs_without_credential(connector) => (Health::Healthy, AuthState::Connected),
        None => (Health::Unhealthy, AuthState::NotConfigured),
    };
    ConnectorStatus {
        status,
        auth_state,
        authenticated_as: connection
            .and_then(|connection| connection.account.as_ref())
            .map(|account| account.label.clone()),
        error: None,
    }
}

/// Asks the provider whose the credential is, if the connector has a request for it.
async fn ask_provider(
    caller: &Caller,
    connector: &Connector,
    connection: &Connection,
    found: &mut ConnectorStatus,
) {
    if connector.identity().is_none() {
        return;
    }
    let Some(connections) = caller.gateway.engine().connections() else {
        return;
    };
    let account = connections.account(connector, connection);
    match tokio::time::timeout(PATIENCE, account).await {
        Ok(Ok(account)) => {
            (found.status, found.auth_state) = (Health::Healthy, AuthState::Connected);
            found.authenticated_as = account.map(|account| account.label);
        }
        Ok(Err(error)) => {
            if error.hint() == Hint::Auth {
                (found.status, found.auth_state) = (Health::Unhealthy, AuthState::Expired);
            } else {
                found.status = Health::Degraded;
            }
            found.error = Some(error.message().to_owned());
        }
        Err(_) => {
            found.status = Health::Degraded;
            found.error = Some(format!("no response within {} s", PATIENCE.as_secs()));
        }
    }
}
