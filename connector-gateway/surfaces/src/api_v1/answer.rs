//! Answers: JSON as it is, and `{"error": {"code", "message"}}` for failures. No cache may keep
//! them.

use std::fmt::Write as _;
use std::time::Duration;

use axum::http::header::{CACHE_CONTROL, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Json, Response};
use plugwright_sdk::ActionError;
use schemars::JsonSchema;
use serde::Serialize;
use url::Url;

use crate::retry_after::wait_of;
use plugwright_engine::{Case, Surface, answer};

/// A request that did not come to a good end. Turns into the answer.
#[derive(Debug)]
pub(super) struct Failure {
    status: u16,
    code: &'static str,
    message: String,
    retry_after: Option<Duration>,
}

impl Failure {
    pub(super) fn own(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            retry_after: None,
        }
    }
}

impl From<ActionError> for Failure {
    fn from(error: ActionError) -> Self {
        let answer = answer(error.code(), Case::Repeatable, Surface::Alumia);
        Self {
            retry_after: error.retry_after(),
            ..Self::own(answer.status, answer.code, message(&error))
        }
    }
}

/// Says everything that is wrong, as there is one text for it.
fn message(error: &ActionError) -> String {
    let [_, _, ..] = error.faults() else {
        return error.message().to_owned();
    };
    let mut text = String::new();
    for fault in error.faults() {
        let and = if text.is_empty() { "" } else { "; " };
        // Writing to a string cannot fail.
        let _ = write!(text, "{and}`{}` {}", fault.param, fault.message);
    }
    if let Some(more) = error.more_faults() {
        let _ = write!(text, "; and {more}");
    }
    text
}

/// A request that did not come to a good end.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ApiV1Failure")]
pub(super) struct FailureBody {
    error: Told,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ApiV1Error")]
struct Told {
    code: &'static str,
    message: String,
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        if status.is_server_error() {
            tracing::warn!(%status, code = self.code, "a request failed");
        }
        let error = Told {
            code: self.code,
            message: self.message,
        };
        let mut response = fresh(status, &FailureBody { error });
        let headers = response.headers_mut();
        if let Some(wait) = wait_of(self.status, self.retry_after) {
            headers.insert(RETRY_AFTER, wait.into());
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// Makes an answer.
pub(super) fn fresh(status: StatusCode, body: &impl Serialize) -> Response {
    let mut response = (status, Json(body)).into_response();
    let no_store = HeaderValue::from_static("no-store");
    response.headers_mut().insert(CACHE_CONTROL, no_store);
    response
}

/// Sends a browser to a page.
pub(super) fn see_other(url: &Url) -> Response {
    let location = [(LOCATION, url.as_str()), (CACHE_CONTROL, "no-store")];
    (StatusCode::SEE_OTHER, location).into_response()
}
