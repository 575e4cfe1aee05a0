//! `/status` and `/health`: whether calls can be made.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::http::{HeaderMap, Method, Uri};
use axum::response::{IntoResponse as _, Response};
use futures_util::{StreamExt as _, stream};
use plugwright_sdk::Hint;
use plugwright_sdk::host::Connector;
use serde::Serialize;
use serde_json::json;
use tokio::sync::OwnedMutexGuard;
use url::form_urlencoded;

use super::envelope::{Failure, Subject, fresh, plain};
use super::{identify, limited, no_head};
use crate::caller::{Caller, runs_without_credential};
use crate::gateway::Gateway;
use crate::web;
use plugwright_store::{Connection, ConnectionStatus};

/// How long to wait for a provider.
const PATIENCE: Duration = Duration::from_secs(10);

/// How many providers are asked at once for a principal.
const AT_ONCE: usize = 8;

/// For whom providers are asked now, once at a time for each principal.
#[derive(Debug, Default)]
pub(crate) struct Inquiries(Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>);

impl Inquiries {
    async fn turn(&self, principal: &str) -> OwnedMutexGuard<()> {
        let turn = {
            let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            // Only this lock hands out turns, so one without other owners is over.
            turns.retain(|_, turn| Arc::strong_count(turn) > 1);
            Arc::clone(turns.entry(principal.to_owned()).or_default())
        };
        turn.lock_owned().await
    }
}

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
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let started = Instant::now();
    let query = uri.query();
    let deep = form_urlencoded::parse(query.unwrap_or_default().as_bytes())
        .any(|(name, value)| name == "deep" && value == "true");
    if deep && method == Method::HEAD {
        return no_head("GET", method, uri).await;
    }
    let caller = match identify(&gateway, &headers, query).await {
        Ok(caller) => caller,
        Err(failure) => return failure.into_response(),
    };
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
    let _turn = if deep {
        let limits = caller.gateway.engine().rate_limits();
        limits.check(&caller.principal)?;
        let inquiries = &caller.gateway.inner().inquiries;
        Some(inquiries.turn(&caller.principal.id).await)
    } else {
        None
    };
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
    let statuses = stream::iter(statuses.collect::<Vec<_>>()).buffer_unordered(AT_ONCE);
    Ok(Status {
        gateway: GatewayStatus {
            status: if healthy {
                Health::Healthy
            } else {
                Health::Unhealthy
            },
            version: env!("CARGO_PKG_VERSION"),
        },
        connectors: statuses.collect().await,
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
    // It costs as much as a call.
    let limits = caller.gateway.engine().rate_limits();
    if let Err(error) = limits.check(&caller.principal) {
        found.error = Some(error.message().to_owned());
        return;
    }
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

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use futures_util::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn providers_are_asked_once_at_a_time_for_a_principal() {
        let inquiries = Inquiries::default();
        let first = inquiries.turn("tok_a").await;
        let mut second = pin!(inquiries.turn("tok_a"));
        assert!(second.as_mut().now_or_never().is_none());
        assert!(inquiries.turn("tok_b").now_or_never().is_some());
        drop(first);
        let second = second.await;
        assert!(inquiries.turn("tok_a").now_or_never().is_none());
        drop(second);
        drop(inquiries.turn("tok_b").await);
        assert_eq!(inquiries.0.lock().unwrap().len(), 1);
    }
}
