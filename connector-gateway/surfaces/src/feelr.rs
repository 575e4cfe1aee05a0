//! Feelr's dialect, the short form: `/v1/{connector}/{action}`, `/v1/tools`, `/status` and
//! `/health`, for people, scripts and Feelr's command line.
//!
//! Where Feelr's documentation and its behaviour differ, this follows the documentation: values are
//! typed by the action's schema, the cursor counts for every method, `total_count` is kept.

mod call;
mod envelope;
mod request;
mod status;
mod tools;

use std::any::Any;
use std::borrow::Cow;

use axum::Router;
use axum::http::header::ALLOW;
use axum::http::{HeaderMap, HeaderValue, Method, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use plugwright_sdk::host::{Connector, Echo, whole_seconds};
use plugwright_sdk::{ActionError, ErrorCode};
use tower_http::catch_panic::CatchPanicLayer;
use url::form_urlencoded;

use crate::answer::{defect, refuse};
use crate::caller::Caller;
use crate::erased::erase;
use crate::gateway::Gateway;
use crate::request::bearer_token;
use crate::selectors::Selectors;
pub(crate) use envelope::Failure;
pub(crate) use status::Inquiries;

const KEY: &str = "x-feelr-key";

/// The query parameter that may hold the key, for clients that can't send headers.
const KEY_OF_QUERY: &str = "key";

/// Returns the routes below `/v1`.
pub(crate) fn router(gateway: Gateway) -> Router {
    Router::new()
        .route("/v1/tools", get(erase(tools::connectors)))
        .route("/v1/tools/{connector}", get(erase(tools::actions)))
        .route("/v1/tools/{connector}/{action}", get(erase(tools::action)))
        .route(
            "/v1/{connector}/{action}",
            get(erase(call::call)).post(erase(call::call)).head(erase(
                async |method: Method, uri: Uri| no_head("GET,POST", method, uri).await,
            )),
        )
        .fallback(erase(unknown_path))
        .method_not_allowed_fallback(erase(wrong_method))
        .with_state(gateway)
}

pub(crate) fn health_router(gateway: Gateway) -> Router {
    let panicked = |_: Box<dyn Any + Send>| refuse::<Failure>(defect());
    Router::new()
        .route("/status", get(erase(status::status)))
        .route("/health", get(erase(status::health)))
        .method_not_allowed_fallback(erase(wrong_method))
        .layer(CatchPanicLayer::custom(panicked))
        .with_state(gateway)
}

/// Identifies the caller by `X-Feelr-Key`, else by a bearer token, else by `key` in the query, and
/// refuses selectors of other surfaces.
async fn identify(
    gateway: &Gateway,
    headers: &HeaderMap,
    query: Option<&str>,
) -> Result<Caller, Failure> {
    let key = match key(headers)? {
        Some(key) => Some(Cow::Borrowed(key)),
        None => match bearer_token(headers)? {
            Some(token) => Some(Cow::Borrowed(token)),
            None => key_of_query(query.unwrap_or_default())?,
        },
    };
    let principal = gateway.authenticate(key.as_deref()).await;
    let principal = principal.map_err(|error| match (&key, error.code()) {
        (None, ErrorCode::Unauthorized) => Failure::from(ActionError::new(
            ErrorCode::AuthRequired,
            "a key is required: send it as `X-Feelr-Key: KEY` or `Authorization: Bearer KEY`",
        )),
        _ => error.into(),
    })?;
    Selectors::SHORT.check(headers, query)?;
    Ok(Caller {
        gateway: gateway.clone(),
        principal,
    })
}

fn connector<'c>(caller: &'c Caller, name: &str) -> Result<&'c Connector, Failure> {
    let found = caller.connector(name);
    Ok(found.ok_or_else(|| caller.unknown_connector("connector", name))?)
}

/// Adds what is left of the caller's rate limit.
fn limited(caller: &Caller, response: impl IntoResponse) -> Response {
    let mut response = response.into_response();
    let limits = caller.gateway.engine().rate_limits();
    if let Some(left) = limits.allowance(&caller.principal) {
        let headers = response.headers_mut();
        headers.insert("ratelimit-limit", HeaderValue::from(left.limit));
        headers.insert("ratelimit-remaining", HeaderValue::from(left.remaining));
        let reset = whole_seconds(left.reset);
        headers.insert("ratelimit-reset", HeaderValue::from(reset));
    }
    response
}

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
        "there is nothing at `{}`; call `/v1/CONNECTOR/ACTION`, or list the connectors with `/v1/tools`",
        Echo(uri.path())
    );
    ActionError::new(ErrorCode::NotFound, message).into()
}

/// Refuses what would otherwise be served as a `GET`, which calls a provider.
async fn no_head(allow: &'static str, method: Method, uri: Uri) -> Response {
    let allow = [(ALLOW, HeaderValue::from_static(allow))];
    (allow, wrong_method(method, uri).await).into_response()
}

async fn wrong_method(method: Method, uri: Uri) -> Failure {
    Failure::wrong_method(crate::request::wrong_method(&method, &uri))
}

#[cfg(test)]
mod tests;
