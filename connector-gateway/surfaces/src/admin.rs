//! `/admin`: what the operator sets up. Whoever mounts it authenticates the operator.

mod body;
mod connections;
mod oauth_clients;
pub(super) mod openapi;
mod organizations;
mod projects;
mod provider_configs;
mod request;
mod runs;
mod tokens;
mod vault;

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use http::{HeaderValue, StatusCode, header};
use plugwright_sdk::host::Registry;
use plugwright_sdk::{ActionError, ErrorCode};
use serde::Serialize;
use serde_json::json;

use crate::body::Bodies;
use crate::gateway::Gateway;
use crate::own;
use plugwright_engine::Refresher;
use plugwright_engine::connections::Identify;
use plugwright_engine::oauth::OAuthConfig;
use plugwright_engine::run_log::RunLog;
use plugwright_store::Store;
use plugwright_store::vault::Vault;

/// What the operator's API works on. Clones share everything.
#[derive(Clone)]
pub(crate) struct AdminState {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) vault: Vault,
    pub(crate) registry: Arc<Registry>,
    /// Reads what requests bring.
    pub(crate) bodies: Bodies,
    /// OAuth clients of the configuration, by connector.
    pub(crate) oauth: Arc<HashMap<String, OAuthConfig>>,
    /// Called after every change, so that nothing old stays in a cache.
    pub(crate) changed: Arc<dyn Fn() + Send + Sync>,
    /// Whom to ask whose a credential is.
    pub(crate) identity: Arc<dyn Identify>,
    /// Keeps credentials of OAuth fresh, where something can be sent.
    pub(crate) refresher: Option<Refresher>,
    /// Changes of tokens go one after the other: the store has no version for them.
    pub(crate) token_changes: Arc<tokio::sync::Mutex<()>>,
}

impl AdminState {
    /// Returns the state of a gateway that keeps things.
    pub(crate) fn of(gateway: &Gateway) -> Option<Self> {
        let engine = gateway.engine();
        let storage = engine.storage()?.clone();
        let directory = Arc::clone(&storage.directory);
        let new = Self::new(
            storage.store,
            storage.vault,
            engine.shared_registry(),
            Arc::new(move || directory.forget()),
            engine.identity(),
        );
        let bodies = gateway.inner().bodies.clone();
        Some(Self {
            bodies,
            oauth: Arc::clone(engine.configured_clients()),
            refresher: engine.refresher().cloned(),
            ..new
        })
    }

    pub(crate) fn new(
        store: Arc<dyn Store>,
        vault: Vault,
        registry: Arc<Registry>,
        changed: Arc<dyn Fn() + Send + Sync>,
        identity: Arc<dyn Identify>,
    ) -> Self {
        Self {
            store,
            vault,
            registry,
            bodies: Bodies::default(),
            oauth: Arc::default(),
            changed,
            identity,
            refresher: None,
            token_changes: Arc::default(),
        }
    }

    /// Makes a change to its end, even if the caller goes away: half of one, or one that caches do
    /// not hear of, is worse than one too many.
    async fn change<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, ActionError>> + Send + 'static,
    ) -> Result<T, Refusal> {
        let changed = Arc::clone(&self.changed);
        let task = tokio::spawn(async move {
            let result = work.await;
            // After a failure too: that nothing was changed is not certain then.
            changed();
            result
        });
        match task.await {
            Ok(result) => Ok(result?),
            Err(stopped) => Err(Refusal(
                ActionError::new(ErrorCode::InternalError, "the change broke off")
                    .with_source(stopped),
            )),
        }
    }
}

/// Makes the routes, to be nested under `/admin`. Without a state there is nothing but the run log.
pub(crate) fn router(state: Option<AdminState>, runs: Arc<RunLog>) -> Router {
    state
        .map_or_else(Router::new, of_state)
        .merge(runs::router(runs))
        .fallback(async || Refusal::not_found("there is nothing at this path"))
        .method_not_allowed_fallback(async || {
            Refusal(
                ActionError::new(ErrorCode::NotFound, "this path does not take this method")
                    .with_status(405),
            )
        })
}

fn of_state(state: AdminState) -> Router {
    Router::new()
        .route("/tokens", get(tokens::list).post(tokens::create))
        .route(
            "/tokens/{id}",
            axum::routing::patch(tokens::change).delete(tokens::revoke),
        )
        .route(
            "/organizations",
            get(organizations::list).post(organizations::create),
        )
        .route(
            "/organizations/{name}",
            axum::routing::delete(organizations::delete),
        )
        .route(
            "/connections",
            get(connections::list).post(connections::create),
        )
        .route(
            "/connections/{id}",
            get(connections::show)
                .patch(connections::change)
                .delete(connections::delete),
        )
        .route(
            "/connections/{id}/credential",
            put(connections::replace_credential),
        )
        .route("/connections/{id}/test", post(connections::test))
        .route("/vault/rotate", post(vault::rotate))
        .merge(of_accounts())
        .with_state(state)
}

/// What end users' accounts need.
fn of_accounts() -> Router<AdminState> {
    Router::new()
        .route("/projects", get(projects::list).post(projects::create))
        .route(
            "/projects/{id}",
            get(projects::show)
                .patch(projects::change)
                .delete(projects::delete),
        )
        .route(
            "/projects/{id}/keys",
            get(projects::keys).post(projects::create_key),
        )
        .route(
            "/projects/{id}/provider-configs",
            get(provider_configs::list).post(provider_configs::create),
        )
        .route(
            "/provider-configs/{id}",
            get(provider_configs::show)
                .patch(provider_configs::change)
                .delete(provider_configs::delete),
        )
        .route(
            "/provider-configs/{id}/oauth-client",
            put(oauth_clients::set_of_config).delete(oauth_clients::delete_of_config),
        )
        .route("/oauth-clients", get(oauth_clients::list))
        .route(
            "/oauth-clients/{connector}",
            put(oauth_clients::set_of_connector).delete(oauth_clients::delete_of_connector),
        )
}

type Answer = Result<Response, Refusal>;

/// An error as the answer.
#[derive(Debug)]
pub(crate) struct Refusal(pub(crate) ActionError);

impl Refusal {
    fn not_found(message: impl Into<String>) -> Self {
        Self(ActionError::new(ErrorCode::NotFound, message))
    }
}

impl From<ActionError> for Refusal {
    fn from(error: ActionError) -> Self {
        Self(error)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let error = self.0;
        if error.code() == ErrorCode::InternalError {
            tracing::error!(?error, "the operator's API failed");
        }
        own::error(&error)
    }
}

/// Renders an answer; no cache may keep it.
fn answer(status: StatusCode, body: &impl Serialize) -> Response {
    let mut response = (status, axum::Json(body)).into_response();
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn items(items: &impl Serialize) -> Response {
    answer(StatusCode::OK, &json!({ "items": items }))
}

#[cfg(test)]
mod tests;
