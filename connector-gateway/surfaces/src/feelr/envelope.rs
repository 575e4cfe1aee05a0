//! The envelope: `{ok, data, meta}`, and `{ok, error, meta}` for failures.

use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use plugwright_sdk::host::{Echo, Fault, Faults, Missing};
use plugwright_sdk::{ActionError, ErrorCode, Hint};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::retry_after::wait_of;
use plugwright_engine::{Case, Outcome, Surface, answer};

/// What an answer is about.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Subject {
    pub(super) connector: String,
    pub(super) action: String,
}

impl Subject {
    /// Makes the subject of a question to the gateway itself.
    pub(super) fn gateway(action: &str) -> Self {
        Self::new("gateway", action)
    }

    pub(super) fn new(connector: &str, action: &str) -> Self {
        Self {
            connector: connector.to_owned(),
            action: action.to_owned(),
        }
    }

    /// Takes the id of an action apart.
    fn of_id(id: &str) -> Option<Self> {
        let (connector, action) = id.split_once('.')?;
        Some(Self::new(connector, action))
    }
}

/// A request that did not come to a good end. Turns into the answer.
#[derive(Debug)]
pub(super) struct Failure(Box<Inner>);

#[derive(Debug)]
struct Inner {
    error: Told,
    retry_after: Option<Duration>,
    request_id: Uuid,
    subject: Option<Subject>,
}

/// An error as this dialect tells it.
#[derive(Debug, Serialize)]
struct Told {
    code: &'static str,
    message: String,
    hint: Hint,
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    faults: Vec<Fault>,
}

impl Failure {
    /// Makes the failure that the table has for an error.
    fn of(error: &ActionError, case: Case) -> Self {
        let answer = answer(error.code(), case, Surface::Feelr);
        Self(Box::new(Inner {
            error: Told {
                code: answer.code,
                message: error.message().to_owned(),
                hint: error.hint(),
                status: answer.status,
                detail: error.detail().map(str::to_owned),
                faults: error.faults().to_vec(),
            },
            retry_after: error.retry_after(),
            request_id: Uuid::now_v7(),
            subject: None,
        }))
    }

    fn own(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            error: Told {
                code,
                message: message.into(),
                hint: Hint::Abort,
                status,
                detail: None,
                faults: Vec::new(),
            },
            retry_after: None,
            request_id: Uuid::now_v7(),
            subject: None,
        }))
    }

    /// Makes the failure of a request whose parameters are not as they must be.
    pub(super) fn invalid(faults: impl Into<Faults>) -> Self {
        ActionError::invalid(faults).into()
    }

    /// Makes the failure for a method that a path does not take.
    pub(super) fn wrong_method(message: String) -> Self {
        Self::own(405, "METHOD_NOT_ALLOWED", message)
    }

    /// Makes the failure for a body over the limit.
    pub(super) fn too_large() -> Self {
        let message = "the body is larger than allowed here";
        Self::own(413, "PAYLOAD_TOO_LARGE", message)
    }

    /// Makes the failure for a body that did not come in time.
    pub(super) fn too_slow() -> Self {
        Self::own(408, "REQUEST_TIMEOUT", "the body came too slowly")
    }

    /// Makes the failure for what should not happen.
    pub(super) fn defect() -> Self {
        ActionError::new(ErrorCode::InternalError, "a defect in the gateway").into()
    }

    /// Says what the failure is about.
    #[must_use]
    pub(super) fn about(mut self, subject: Subject) -> Self {
        self.0.subject = Some(Subject {
            connector: Echo::cut(subject.connector),
            action: Echo::cut(subject.action),
        });
        self
    }
}

impl From<ActionError> for Failure {
    /// Makes the failure of a request that calls nothing.
    fn from(error: ActionError) -> Self {
        Self::of(&error, Case::Repeatable)
    }
}

#[derive(Serialize)]
struct FailureBody<'a> {
    ok: bool,
    error: &'a Told,
    meta: FailureMeta<'a>,
}

#[derive(Serialize)]
struct FailureMeta<'a> {
    request_id: Uuid,
    #[serde(flatten)]
    subject: Option<&'a Subject>,
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let failure = &*self.0;
        let (request_id, code) = (failure.request_id, failure.error.code);
        let status =
            StatusCode::from_u16(failure.error.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        if status.is_server_error() {
            tracing::warn!(%request_id, %status, code, "a request failed");
        }
        let body = FailureBody {
            ok: false,
            error: &failure.error,
            meta: FailureMeta {
                request_id,
                subject: failure.subject.as_ref(),
            },
        };
        // Nothing in it can fail to be JSON; the fallback keeps the status all the same.
        let body = serde_json::to_vec(&body).unwrap_or_else(|_| b"{\"ok\":false}".to_vec());
        let mut response = json(status, body);
        let headers = response.headers_mut();
        if let Some(wait) = wait_of(failure.error.status, failure.retry_after) {
            headers.insert(RETRY_AFTER, wait.into());
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

fn json(status: StatusCode, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[derive(Serialize)]
struct SuccessBody<'a, D: Serialize> {
    ok: bool,
    data: D,
    meta: SuccessMeta<'a>,
}

#[derive(Serialize)]
struct SuccessMeta<'a> {
    request_id: Uuid,
    #[serde(flatten)]
    subject: Subject,
    duration_ms: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    has_more: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    total_count: Option<u64>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    missing: &'a [Missing],
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    replayed: bool,
}

fn millis_since(started: Instant) -> u64 {
    u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX)
}

fn success<D: Serialize>(data: D, meta: SuccessMeta<'_>) -> Result<Response, Failure> {
    let body = SuccessBody {
        ok: true,
        data,
        meta,
    };
    let body = serde_json::to_vec(&body).map_err(|_| Failure::defect())?;
    Ok(json(StatusCode::OK, body))
}

/// Makes the answer of the gateway itself.
pub(super) fn fresh(
    data: &impl Serialize,
    subject: Subject,
    started: Instant,
) -> Result<Response, Failure> {
    let meta = SuccessMeta {
        request_id: Uuid::now_v7(),
        subject,
        duration_ms: millis_since(started),
        cursor: None,
        has_more: None,
        total_count: None,
        missing: &[],
        replayed: false,
    };
    success(data, meta)
}

/// Makes the answer for a process that answers.
pub(super) fn plain(body: &Value) -> Response {
    json(StatusCode::OK, body.to_string())
}

/// Renders how a call ended. With `raw`, the provider's answer stands alone, if there is one.
pub(super) fn render(outcome: &Outcome, raw: bool, asked: Subject, started: Instant) -> Response {
    let known = outcome.target.as_deref().and_then(Subject::of_id);
    let subject = known.unwrap_or(asked);
    let result = match &outcome.result {
        Ok(result) => result,
        Err(error) => {
            let mut failure = Failure::of(error, outcome.case).about(subject);
            failure.0.request_id = outcome.execution_id;
            return failure.into_response();
        }
    };
    if let (true, Some(raw)) = (raw, &result.raw) {
        return plain(raw);
    }
    let meta = SuccessMeta {
        request_id: outcome.execution_id,
        subject,
        duration_ms: millis_since(started),
        cursor: result.meta.cursor.as_deref(),
        has_more: result.meta.has_more,
        total_count: result.meta.total_count,
        missing: &result.meta.missing,
        replayed: outcome.replayed,
    };
    success(&result.data, meta).into_response()
}
