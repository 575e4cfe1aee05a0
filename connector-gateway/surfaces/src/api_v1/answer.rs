//! Responses: JSON as it is, and `{"error": {"code", "message"}}` for failures.

use std::fmt::Write as _;
use std::time::Duration;

use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, LOCATION};
use axum::response::{IntoResponse, Response};
use plugwright_sdk::ActionError;
use schemars::JsonSchema;
use serde::Serialize;
use url::Url;

use crate::answer;
use plugwright_engine::{Case, Surface};

#[derive(Debug)]
pub(crate) struct Failure {
    status: u16,
    retry_after: Option<Duration>,
    body: FailureBody,
}

impl Failure {
    pub(super) fn own(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self {
            status,
            retry_after: None,
            body: FailureBody {
                error: ErrorBody { code, message },
            },
        }
    }
}

impl From<ActionError> for Failure {
    fn from(error: ActionError) -> Self {
        let answer = plugwright_engine::answer(error.code(), Case::Repeatable, Surface::Alumia);
        Self {
            retry_after: error.retry_after(),
            ..Self::own(answer.status, answer.code, message(&error))
        }
    }
}

/// Lists all faults, as `message` is the only place for them.
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

/// A failed request.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ApiV1Failure")]
pub(super) struct FailureBody {
    error: ErrorBody,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ApiV1Error")]
struct ErrorBody {
    code: &'static str,
    message: String,
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let code = self.body.error.code;
        let response = answer::failure(self.status, code, None, &self.body);
        answer::advise(response, self.retry_after)
    }
}

pub(super) fn ok(body: &impl Serialize) -> Response {
    answer::json(StatusCode::OK, body)
}

pub(super) fn see_other(url: &Url) -> Response {
    let location = [(LOCATION, url.as_str()), (CACHE_CONTROL, "no-store")];
    (StatusCode::SEE_OTHER, location).into_response()
}
