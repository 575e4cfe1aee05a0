//! The short form, which is Feelr's dialect: `/v1/{connector}/{action}`, `/v1/tools`, `/status` and
//! `/health`, for people, scripts and Feelr's command line.
//!
//! Where what Feelr documents and what it does differ, this does what is documented: values are
//! typed by the action's schema, the cursor counts for every method, `total_count` is kept.

mod call;
mod envelope;
mod request;
mod status;
mod tools;

use std::any::Any;
use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::http::{HeaderMap, HeaderValue, Method, Uri};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use plugwright_sdk::host::search::SearchIndex;
use plugwright_sdk::host::{Connector, Echo, Entry, nearest};
use plugwright_sdk::{ActionError, ErrorCode};
use tower_http::catch_panic::CatchPanicLayer;
use url::form_urlencoded;

use crate::gateway::Gateway;
use crate::request::bearer_token;
use envelope::Failure;
use plugwright_engine::Principal;

/// Feelr's own header for its keys.
const KEY: &str = "x-feelr-key";

/// The parameter of every query that may hold the key, for what can send no header.
const KEY_OF_QUERY: &str = "key";

/// What every handler needs.
struct Dialect {
    gateway: Gateway,
    index: OnceLock<SearchIndex>,
}

impl Dialect {
    fn new(gateway: Gateway) -> Arc<Self> {
        Arc::new(Self {
            gateway,
            index: OnceLock::new(),
        })
    }
}

/// Returns the routes below `/v1`.
pub(crate) fn router(gateway: Gateway) -> Router {
    Router::new()
        .route("/v1/tools", get(tools::connectors))
        .route("/v1/tools/{connector}", get(tools::actions))
        .route("/v1/tools/{connector}/{action}", get(tools::action))
        .route("/v1/{connector}/{action}", get(call::call).post(call::call))
        .fallback(unknown_path)
        .method_not_allowed_fallback(wrong_method)
        .with_state(Dialect::new(gateway))
}

/// Returns `/status` and `/health`.
pub(crate) fn health_router(gateway: Gateway) -> Router {
    Router::new()
        .route("/status", get(status::status))
        .route("/health", get(status::health))
        .method_not_allowed_fallback(wrong_method)
        .layer(CatchPanicLayer::custom(panicked))
        .with_state(Dialect::new(gateway))
}

impl Dialect {
    /// Finds out who calls: by `X-Feelr-Key`, else by a bearer token, else by `key` in the query.
    async fn principal(
        &self,
        headers: &HeaderMap,
        query: Option<&str>,
    ) -> Result<Arc<Principal>, Failure> {
        let key = match key(headers)? {
            Some(key) => Some(Cow::Borrowed(key)),
            None => match bearer_token(headers)? {
                Some(token) => Some(Cow::Borrowed(token)),
                None => key_of_query(query.unwrap_or_default())?,
            },
        };
        let known = self.gateway.authenticate(key.as_deref()).await;
        known.map_err(|error| match (&key, error.code()) {
            (None, ErrorCode::Unauthorized) => Failure::from(ActionError::new(
                ErrorCode::AuthRequired,
                "a key is required: send it as `X-Feelr-Key: KEY` or `Authorization: Bearer KEY`",
            )),
            _ => error.into(),
        })
    }

    /// Returns the actions of a connector that the caller may call.
    fn visible(&self, principal: &Principal, connector: &Connector) -> impl Iterator<Item = Entry> {
        let entries = connector.actions().map(|action| Entry {
            connector: connector.clone(),
            action,
        });
        entries.filter(|entry| self.gateway.allows(principal, &entry.id()))
    }

    /// Returns the connectors of which the caller may call something.
    fn connectors<'d>(&'d self, principal: &'d Principal) -> impl Iterator<Item = &'d Connector> {
        let known = self.gateway.registry().connectors().iter();
        known.filter(|connector| self.visible(principal, connector).next().is_some())
    }

    /// Finds a connector that the caller may see.
    fn connector<'d>(
        &'d self,
        principal: &'d Principal,
        name: &str,
    ) -> Result<&'d Connector, Failure> {
        let found = self
            .connectors(principal)
            .find(|known| known.name() == name);
        found.ok_or_else(|| {
            let known = self.connectors(principal).map(Connector::name);
            let near = nearest::did_you_mean(name, known).unwrap_or_default();
            let message = format!("no connector is named `{}`{near}", Echo(name));
            ActionError::new(ErrorCode::ConnectorNotFound, message).into()
        })
    }

    /// Adds what is left of the caller's limit.
    fn limited(&self, principal: &Principal, mut response: Response) -> Response {
        if let Some(left) = self.gateway.engine().rate_limits().allowance(principal) {
            let headers = response.headers_mut();
            headers.insert("ratelimit-limit", HeaderValue::from(left.limit));
            headers.insert("ratelimit-remaining", HeaderValue::from(left.remaining));
            let reset = left.reset.as_secs() + u64::from(left.reset.subsec_nanos() > 0);
            headers.insert("ratelimit-reset", HeaderValue::from(reset));
        }
        response
    }
}

/// Returns the key of a request, if it has the header.
fn key(headers: &HeaderMap) -> Result<Option<&str>, ActionError> {
    let mut values = headers.get_all(KEY).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    match (value.to_str().map(str::trim), values.next()) {
        (Ok(key), None) if !key.is_empty() => Ok(Some(key)),
        _ => Err(ActionError::new(
            ErrorCode::Unauthorized,
            "the header `X-Feelr-Key` must hold a key, once",
        )),
    }
}

/// Returns the key in a query, if it has one.
fn key_of_query(query: &str) -> Result<Option<Cow<'_, str>>, ActionError> {
    let mut keys = form_urlencoded::parse(query.as_bytes())
        .filter(|(name, key)| name == KEY_OF_QUERY && !key.is_empty())
        .map(|(_, key)| key);
    match (keys.next(), keys.next()) {
        (key, None) => Ok(key),
        _ => Err(ActionError::new(
            ErrorCode::Unauthorized,
            "the parameter `key` must be given once",
        )),
    }
}

async fn unknown_path(uri: Uri) -> Failure {
    let message = format!(
        "nothing is at `{}`; calls go to `/v1/CONNECTOR/ACTION`, and `/v1/tools` lists what there is",
        Echo(uri.path())
    );
    ActionError::new(ErrorCode::NotFound, message).into()
}

async fn wrong_method(method: Method, uri: Uri) -> Failure {
    Failure::wrong_method(format!(
        "`{}` does not answer {}",
        Echo(uri.path()),
        Echo(method.as_str())
    ))
}

/// Answers a request that goes no further.
pub(super) fn refused(error: ActionError) -> Response {
    Failure::from(error).into_response()
}

/// Answers for a handler that panicked. What the panic says stays in the process.
pub(super) fn panicked(_: Box<dyn Any + Send>) -> Response {
    Failure::defect().into_response()
}

#[cfg(test)]
mod tests;
