//! The envelope: `{ok, data, meta}`, and `{ok, error, meta}` for failures.

use std::time::{Duration, Instant};

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use plugwright_sdk::host::{Echo, Fault, Faults, Missing};
use plugwright_sdk::{ActionError, Hint};
use serde::Serialize;
use uuid::Uuid;

use crate::answer::{self, defect};
use plugwright_engine::{Case, Outcome, Surface};

/// What a response is about.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Subject {
    pub(super) connector: String,
    pub(super) action: String,
}

impl Subject {
    /// Returns the subject of a request to the gateway itself.
    pub(super) fn gateway(action: &str) -> Self {
        Self::new("gateway", action)
    }

    pub(super) fn new(connector: &str, action: &str) -> Self {
        Self {
            connector: connector.to_owned(),
            action: action.to_owned(),
        }
    }

    fn of_id(id: &str) -> Option<Self> {
        let (connector, action) = id.split_once('.')?;
        Some(Self::new(connector, action))
    }
}

#[derive(Debug)]
pub(crate) struct Failure(Box<Inner>);

#[derive(Debug)]
struct Inner {
    error: ErrorBody,
    retry_after: Option<Duration>,
    request_id: Uuid,
    subject: Option<Subject>,
}

#[derive(Debug, Serialize)]
struct ErrorBody {
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
    /// Makes the failure that the outcome table has for an error.
    fn of(error: &ActionError, case: Case) -> Self {
        let answer = plugwright_engine::answer(error.code(), case, Surface::Feelr);
        let mut failure = Self::own(answer.status, answer.code, error.message());
        failure.0.error.hint = error.hint();
        failure.0.error.detail = error.detail().map(str::to_owned);
        failure.0.error.faults = error.faults().to_vec();
        failure.0.retry_after = error.retry_after();
        failure
    }

    pub(super) fn own(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            error: ErrorBody {
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

    pub(super) fn invalid(faults: impl Into<Faults>) -> Self {
        ActionError::invalid(faults).into()
    }

    /// Makes the failure for a method that a path does not support.
    pub(super) fn wrong_method(message: String) -> Self {
        Self::own(405, "METHOD_NOT_ALLOWED", message)
    }

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
    error: &'a ErrorBody,
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
        let failure = *self.0;
        let body = FailureBody {
            ok: false,
            error: &failure.error,
            meta: FailureMeta {
                request_id: failure.request_id,
                subject: failure.subject.as_ref(),
            },
        };
        let ErrorBody { status, code, .. } = failure.error;
        let response = answer::failure(status, code, Some(failure.request_id), &body);
        answer::advise(response, failure.retry_after)
    }
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
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    reconciled: bool,
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
    let body = serde_json::to_vec(&body).map_err(|_| defect())?;
    Ok(answer::serialized(body.into()))
}

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
        reconciled: false,
    };
    success(data, meta)
}

/// Responds with JSON that has no envelope.
pub(super) fn plain(body: &impl Serialize) -> Response {
    answer::json(StatusCode::OK, body)
}

/// Renders the outcome of a call. With `raw`, the provider's answer stands alone, if there is one.
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
        reconciled: outcome.reconciled,
    };
    success(&result.data, meta).into_response()
}
