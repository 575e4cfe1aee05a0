//! `/status` and `/health`: whether calls can be made.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use futures_util::future::join_all;
use plugwright_sdk::Hint;
use plugwright_sdk::auth::Scheme;
use plugwright_sdk::host::Connector;
use serde::Serialize;
use serde_json::json;
use url::form_urlencoded;

use super::Dialect;
use super::envelope::{Failure, Subject, fresh, plain};
use crate::web;
use plugwright_engine::Principal;
use plugwright_store::{Connection, ConnectionStatus};

/// How long a provider may take to say whose a credential is.
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
    /// The provider could not be asked.
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

/// `GET /health`: the process answers.
pub(super) async fn health() -> Response {
    plain(&json!({ "ok": true, "version": env!("CARGO_PKG_VERSION") }))
}

/// `GET /status`: the gateway and the connectors; with `deep=true` the providers are asked whose
/// the credentials are.
pub(super) async fn status(
    State(dialect): State<Arc<Dialect>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let started = Instant::now();
    let principal = match dialect.principal(&headers, query.as_deref()).await {
        Ok(principal) => principal,
        Err(failure) => return failure.into_response(),
    };
    let deep = form_urlencoded::parse(query.unwrap_or_default().as_bytes())
        .any(|(name, value)| name == "deep" && value == "true");
    if deep
        && principal.is_anonymous()
        && let Err(error) = web::check_get(&headers, web::Deed::Call)
    {
        return Failure::from(error).into_response();
    }
    let answered = match looked_up(&dialect, &principal, deep).await {
        Ok(status) => fresh(&status, Subject::gateway("status"), started),
        Err(failure) => Err(failure),
    };
    dialect.limited(&principal, answered.into_response())
}

async fn looked_up<'d>(
    dialect: &'d Dialect,
    principal: &'d Principal,
    deep: bool,
) -> Result<Status<'d>, Failure> {
    let gateway = &dialect.gateway;
    let healthy = gateway.ready().await.is_ok();
    let connections = gateway.usable_connections(principal, None, None).await?;
    if deep {
        // It costs as much as a call.
        gateway.engine().rate_limits().check(principal)?;
    }
    let looks = dialect.connectors(principal).map(|connector| {
        let own = connections
            .iter()
            .filter(|connection| connection.connector == connector.name());
        let used = own.clone().find(|connection| connection.is_default);
        let used = used.or_else(|| own.clone().next());
        async move {
            let mut found = seen(connector, used);
            if let (true, Some(connection)) = (deep, used) {
                ask(dialect, connector, connection, &mut found).await;
            }
            (connector.name(), found)
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
        connectors: join_all(looks).await.into_iter().collect(),
    })
}

/// Says what is known of a connector without asking its provider.
fn seen(connector: &Connector, connection: Option<&Connection>) -> ConnectorStatus {
    let free = connector.auth().is_empty()
        || connector
            .auth()
            .iter()
            .any(|auth| matches!(auth.scheme, Scheme::None));
    let (status, auth_state) = match connection.map(|connection| connection.status) {
        Some(ConnectionStatus::Active) => (Health::Healthy, AuthState::Connected),
        Some(_) => (Health::Unhealthy, AuthState::Expired),
        None if free => (Health::Healthy, AuthState::Connected),
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

/// Asks the provider whose the credential is, where it can be asked.
async fn ask(
    dialect: &Dialect,
    connector: &Connector,
    connection: &Connection,
    found: &mut ConnectorStatus,
) {
    if connector.identity().is_none() {
        return;
    }
    let Some(connections) = dialect.gateway.engine().connections() else {
        return;
    };
    let asked = connections.account(connector, connection);
    match tokio::time::timeout(PATIENCE, asked).await {
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
            found.error = Some(format!("no answer within {} s", PATIENCE.as_secs()));
        }
    }
}
