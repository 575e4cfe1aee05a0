//! What handlers need, and how they respond.

use std::collections::HashMap;
use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use futures_util::future::BoxFuture;
use http::StatusCode;
use plugwright_sdk::host::Registry;
use plugwright_sdk::{ActionError, ErrorCode};
use schemars::JsonSchema;
use serde::Serialize;
use tokio_util::task::TaskTracker;

use crate::answer::json;
use crate::body::Bodies;
use crate::gateway::Gateway;
use crate::own;
use plugwright_engine::connections::Identify;
use plugwright_engine::oauth::OAuthConfig;
use plugwright_engine::{Principal, Refresher};
use plugwright_store::Store;
use plugwright_store::vault::Vault;

/// What handlers need. Clones share everything.
#[derive(Clone)]
pub(crate) struct AdminState {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) vault: Vault,
    pub(crate) registry: Arc<Registry>,
    pub(crate) bodies: Bodies,
    /// Who sends the bodies.
    pub(crate) operator: Arc<Principal>,
    /// OAuth clients of the configuration, by connector.
    pub(crate) oauth: Arc<HashMap<String, OAuthConfig>>,
    /// Called after every change, to invalidate caches.
    pub(crate) changed: Arc<dyn Fn() + Send + Sync>,
    /// Asks providers whose a credential is.
    pub(crate) identity: Arc<dyn Identify>,
    /// Refreshes OAuth credentials, unless the gateway is offline.
    pub(crate) refresher: Option<Refresher>,
    /// Changes, for whose end a gateway that stops waits.
    pub(crate) tasks: TaskTracker,
}

impl AdminState {
    /// Returns the state of a gateway with a store.
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
        Some(Self {
            bodies: gateway.inner().bodies.clone(),
            oauth: Arc::clone(engine.configured_clients()),
            refresher: engine.refresher().cloned(),
            tasks: engine.tasks().clone(),
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
            operator: Arc::new(Principal::operator()),
            oauth: Arc::default(),
            changed,
            identity,
            refresher: None,
            tasks: TaskTracker::new(),
        }
    }

    /// Makes a change, to its end even if the client disconnects: half a change is worse than none.
    pub(super) async fn change<T: Send + 'static, F>(
        &self,
        work: impl FnOnce(Self) -> F,
    ) -> Result<T, Refusal>
    where
        F: Future<Output = Result<T, ActionError>> + Send + 'static,
    {
        let changed = OnDrop(Arc::clone(&self.changed));
        let work = work(self.clone());
        // Boxed, so that what a task needs is compiled once for each type of result.
        let task: BoxFuture<'static, _> = Box::pin(async move {
            // After a failure or a panic too, which may have changed something.
            let _changed = changed;
            work.await
        });
        let task = self.tasks.spawn(task);
        match task.await {
            Ok(result) => Ok(result?),
            Err(stopped) => Err(Refusal(
                ActionError::new(ErrorCode::InternalError, "the change was interrupted")
                    .with_source(stopped),
            )),
        }
    }

    pub(super) async fn delete<F>(&self, work: impl FnOnce(Self) -> F) -> Reply
    where
        F: Future<Output = Result<(), ActionError>> + Send + 'static,
    {
        self.change(work).await?;
        Ok(StatusCode::NO_CONTENT.into_response())
    }
}

struct OnDrop(Arc<dyn Fn() + Send + Sync>);

impl Drop for OnDrop {
    fn drop(&mut self) {
        (self.0)();
    }
}

pub(super) type Reply = Result<Response, Refusal>;

#[derive(Debug)]
pub(crate) struct Refusal(pub(crate) ActionError);

impl Refusal {
    pub(super) fn not_found(message: impl Into<String>) -> Self {
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

pub(super) fn ok(body: &impl Serialize) -> Response {
    json(StatusCode::OK, body)
}

pub(super) fn created(body: &impl Serialize) -> Response {
    json(StatusCode::CREATED, body)
}

#[derive(Serialize, JsonSchema)]
#[schemars(inline, deny_unknown_fields)]
pub(super) struct Items<'a, T> {
    items: &'a [T],
}

pub(super) fn items<T: Serialize>(items: &[T]) -> Response {
    ok(&Items { items })
}
