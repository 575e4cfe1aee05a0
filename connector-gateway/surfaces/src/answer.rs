//! JSON responses, which no cache may store.

use std::time::Duration;

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Json, Response};
use bytes::Bytes;
use plugwright_sdk::host::whole_seconds;
use plugwright_sdk::{ActionError, ErrorCode};
use serde::Serialize;
use uuid::Uuid;

pub(crate) const JSON: &str = "application/json";
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// The wait for a status that needs `Retry-After` when none is known.
const SHORTEST_WAIT: Duration = Duration::from_secs(1);

pub(crate) fn json(status: StatusCode, body: &impl Serialize) -> Response {
    let mut response = (status, Json(body)).into_response();
    response.headers_mut().insert(CACHE_CONTROL, NO_STORE);
    response
}

/// Returns a 200 response with a body that is already JSON.
pub(crate) fn serialized(body: Bytes) -> Response {
    let mut response = Response::new(body.into());
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(JSON));
    headers.insert(CACHE_CONTROL, NO_STORE);
    response
}

/// Serializes the body of an error response, and logs what is the gateway's own fault.
pub(crate) fn failure(
    status: u16,
    code: &str,
    request_id: Option<Uuid>,
    body: &impl Serialize,
) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if status.is_server_error() {
        let request_id = request_id.map(tracing::field::display);
        tracing::warn!(request_id, %status, code, "a request failed");
    }
    json(status, body)
}

/// Adds the headers that say when, and with which credential, to try again.
pub(crate) fn advise(mut response: Response, retry_after: Option<Duration>) -> Response {
    let status = response.status();
    let headers = response.headers_mut();
    if let Some(wait) = wait_of(status.as_u16(), retry_after) {
        headers.insert(RETRY_AFTER, wait.into());
    }
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}

/// Renders an error as a dialect does, whose failures are of type `F`.
pub(crate) fn refuse<F: From<ActionError> + IntoResponse>(error: ActionError) -> Response {
    F::from(error).into_response()
}

/// Returns the seconds for `Retry-After`: what is known, and at least one for 429 and 503.
pub(crate) fn wait_of(status: u16, known: Option<Duration>) -> Option<u64> {
    let is_required = matches!(status, 429 | 503);
    let wait = known.or(is_required.then_some(SHORTEST_WAIT))?;
    Some(whole_seconds(wait).max(1))
}

/// Returns the error for a bug in the gateway.
pub(crate) fn defect() -> ActionError {
    ActionError::new(ErrorCode::InternalError, "a defect in the gateway")
}
