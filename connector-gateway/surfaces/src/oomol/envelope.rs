//! The envelope: `{success, message, data, meta}`, and `errorCode` on failures.

use std::time::Duration;

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use plugwright_sdk::host::{Data, Echo, Faults, Missing};
use plugwright_sdk::{ActionError, ActionResult, ErrorCode, Hint};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::retry_after::wait_of;
use crate::{entity_tag, revalidation};
use plugwright_engine::{Case, Outcome, Surface, answer};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const JSON: &str = "application/json";
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// What stands before the data of every success.
pub(super) const HEAD: &str = r#"{"success":true,"message":"OK","data":"#;
/// What stands after the data of a success without meta.
pub(super) const TAIL: &str = r#","meta":{}}"#;
/// Room for what stands around the data of a call, so that the text is rarely moved while it grows.
const AROUND_DATA: usize = 512;

/// A request that did not come to a good end. Turns into the answer.
#[derive(Debug)]
pub(super) struct Failure(Box<Inner>);

#[derive(Debug)]
struct Inner {
    status: u16,
    code: &'static str,
    message: String,
    data: Value,
    /// The error behind it, as the SDK knows it, and whether the provider may have been asked.
    canonical: Option<(ErrorCode, u16, bool)>,
    hint: Option<Hint>,
    retry_after: Option<Duration>,
    execution_id: Option<Uuid>,
    action_id: Option<String>,
    service: Option<String>,
}

impl Failure {
    /// Makes a failure that only this dialect knows.
    pub(super) fn own(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            status,
            code,
            message: message.into(),
            data: Value::Null,
            canonical: None,
            hint: None,
            retry_after: None,
            execution_id: None,
            action_id: None,
            service: None,
        }))
    }

    /// Makes the failure that the table has for an error.
    pub(super) fn of(error: &ActionError, case: Case, surface: Surface) -> Self {
        let answer = answer(error.code(), case, surface);
        let mut failure = Self::own(answer.status, answer.code, error.message());
        failure.0.canonical = Some((error.code(), error.status(), false));
        failure.0.hint = Some(error.hint());
        failure.0.retry_after = error.retry_after();
        failure.0.data = match (error.faults(), error.detail()) {
            ([], None) => Value::Null,
            ([], Some(detail)) => detail.into(),
            (faults, _) => serde_json::to_value(faults).unwrap_or_default(),
        };
        failure
    }

    /// Makes the failure of a request whose parameters are not as they must be.
    pub(super) fn invalid(faults: impl Into<Faults>, surface: Surface) -> Self {
        Self::of(&ActionError::invalid(faults), Case::Repeatable, surface)
    }

    /// Makes the failure for what should not happen.
    pub(super) fn defect() -> Self {
        let error = ActionError::new(ErrorCode::InternalError, "a defect in the gateway");
        Self::of(&error, Case::Repeatable, Surface::Action)
    }

    /// Returns the code of the SDK, if an error of the SDK is behind it.
    pub(super) fn canonical(&self) -> Option<ErrorCode> {
        self.0.canonical.map(|(code, ..)| code)
    }

    /// Says it with another status and code.
    #[must_use]
    pub(super) fn spelled(mut self, status: u16, code: &'static str) -> Self {
        self.0.status = status;
        self.0.code = code;
        self
    }

    /// Names the action.
    #[must_use]
    pub(super) fn with_action(mut self, id: String) -> Self {
        let service = id.split_once('.').map(|(service, _)| service);
        self.0.service = service.map(|service| Echo(service).to_string());
        self.0.action_id = Some(Echo::cut(id));
        self
    }

    /// Names the service.
    #[must_use]
    pub(super) fn with_service(mut self, service: String) -> Self {
        self.0.service = Some(Echo::cut(service));
        self
    }

    /// Names the run, and says whether the provider may have been asked.
    #[must_use]
    pub(super) fn with_run(mut self, run: Uuid, sent: bool) -> Self {
        self.0.execution_id = Some(run);
        if let Some((_, _, asked)) = &mut self.0.canonical {
            *asked = sent;
        }
        self
    }
}

impl From<ActionError> for Failure {
    /// Makes the failure of a request that calls nothing.
    fn from(error: ActionError) -> Self {
        Self::of(&error, Case::Repeatable, Surface::Action)
    }
}

/// A request that did not come to a good end.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Failure")]
pub(super) struct FailureBody<'a> {
    success: bool,
    message: &'a str,
    data: &'a Value,
    error_code: &'a str,
    meta: FailureMeta<'a>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct FailureMeta<'a> {
    request_id: Uuid,
    #[serde(skip_serializing_if = "Option::is_none")]
    execution_id: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    action_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    service: Option<&'a str>,
    /// The code of the SDK, whose spellings by this dialect say less.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    code: Option<ErrorCode>,
    /// The status that the error itself has, whatever the answer's is.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    /// Whether the provider may have been asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    sent: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<Hint>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_seconds: Option<u64>,
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let request_id = Uuid::now_v7();
        let failure = &*self.0;
        let status =
            StatusCode::from_u16(failure.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        if status.is_server_error() {
            tracing::warn!(%request_id, %status, code = failure.code, "a request failed");
        }
        let wait = wait_of(failure.status, failure.retry_after);
        let body = FailureBody {
            success: false,
            message: &failure.message,
            data: &failure.data,
            error_code: failure.code,
            meta: FailureMeta {
                request_id,
                execution_id: failure.execution_id,
                action_id: failure.action_id.as_deref(),
                service: failure.service.as_deref(),
                code: failure.canonical.map(|(code, ..)| code),
                status: failure.canonical.map(|(_, status, _)| status),
                sent: failure
                    .execution_id
                    .and(failure.canonical)
                    .map(|(.., sent)| sent),
                hint: failure.hint,
                retry_after_seconds: wait,
            },
        };
        // Nothing in it can fail to be JSON; the fallback keeps the status all the same.
        let body = serde_json::to_vec(&body).unwrap_or_else(|_| b"{\"success\":false}".to_vec());
        let mut response = with_type(status, body, NO_STORE);
        let headers = response.headers_mut();
        if let Ok(id) = HeaderValue::from_str(&request_id.to_string()) {
            headers.insert(REQUEST_ID, id);
        }
        if let Some(wait) = wait {
            headers.insert(RETRY_AFTER, wait.into());
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

fn with_type(status: StatusCode, body: impl Into<Body>, cache: HeaderValue) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(JSON));
    headers.insert(CACHE_CONTROL, cache);
    response
}

#[derive(Serialize)]
struct SuccessBody<'a, D: Serialize, M: Serialize> {
    success: bool,
    message: &'a str,
    data: D,
    meta: M,
}

/// Writes the envelope; `room` is about how long it gets.
fn success(data: impl Serialize, meta: impl Serialize, room: usize) -> Result<Vec<u8>, Failure> {
    let mut text = Vec::with_capacity(room);
    let body = SuccessBody {
        success: true,
        message: "OK",
        data,
        meta,
    };
    serde_json::to_writer(&mut text, &body).map_err(|_| Failure::defect())?;
    Ok(text)
}

#[derive(Serialize)]
struct NoMeta {}

/// Makes the answer for data that no cache may keep.
pub(super) fn fresh(data: &impl Serialize) -> Result<Response, Failure> {
    Ok(fresh_bytes(success(data, NoMeta {}, AROUND_DATA)?.into()))
}

/// Makes the answer for a whole envelope that no cache may keep.
pub(super) fn fresh_bytes(body: Bytes) -> Response {
    with_type(StatusCode::OK, body, NO_STORE)
}

/// Makes the answer for data of the catalog: without a body, if the caller has it.
pub(super) fn revalidated(request: &HeaderMap, data: &impl Serialize) -> Result<Response, Failure> {
    let body = Bytes::from(success(data, NoMeta {}, AROUND_DATA)?);
    let tag = entity_tag::of(&body);
    Ok(tagged(request, body, tag))
}

/// Makes the answer for a whole envelope with its entity tag: without it, if the caller has it.
pub(super) fn tagged(request: &HeaderMap, body: Bytes, tag: HeaderValue) -> Response {
    revalidation::tagged(request, JSON, body, tag)
}

/// Meta of a call that succeeded.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct CallMeta<'a> {
    execution_id: Uuid,
    #[serde(skip_serializing_if = "Option::is_none")]
    action_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    service: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    has_more: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    total_count: Option<u64>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    missing: &'a [Missing],
    #[serde(skip_serializing_if = "Option::is_none")]
    raw: Option<&'a Value>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    replayed: bool,
}

/// Renders how a call ended; `asked` is the action or service as the caller wrote it.
pub(super) fn render(
    outcome: &Outcome,
    surface: Surface,
    asked: &str,
) -> Result<Response, Failure> {
    let result = succeeded(outcome, surface, asked)?;
    let meta = meta(outcome, result, surface, asked);
    let body = success(&result.data, meta, room_for(result))?;
    Ok(with_type(StatusCode::OK, body, NO_STORE))
}

/// The data of a call for an end user: what clients for own connections find in `meta`.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub(super) struct Executed<'a> {
    execution_id: Uuid,
    action_id: &'a str,
    /// What the action returned.
    #[schemars(with = "Value")]
    output: &'a Data,
}

/// Renders how a call of an action for an end user ended.
pub(super) fn render_for_user(outcome: &Outcome, asked: &str) -> Result<Response, Failure> {
    let result = succeeded(outcome, Surface::Action, asked)?;
    let data = Executed {
        execution_id: outcome.execution_id,
        action_id: outcome.target.as_deref().unwrap_or(asked),
        output: &result.data,
    };
    let meta = meta(outcome, result, Surface::Action, asked);
    let body = success(data, meta, room_for(result))?;
    Ok(with_type(StatusCode::OK, body, NO_STORE))
}

fn room_for(result: &ActionResult) -> usize {
    result.data.to_json().len() + AROUND_DATA
}

fn succeeded<'o>(
    outcome: &'o Outcome,
    surface: Surface,
    asked: &str,
) -> Result<&'o ActionResult, Failure> {
    outcome.result.as_ref().map_err(|error| {
        let failure =
            Failure::of(error, outcome.case, surface).with_run(outcome.execution_id, outcome.sent);
        let target = outcome.target.as_deref().unwrap_or(asked).to_owned();
        if surface == Surface::Proxy {
            failure.with_service(target)
        } else {
            failure.with_action(target)
        }
    })
}

fn meta<'a>(
    outcome: &'a Outcome,
    result: &'a ActionResult,
    surface: Surface,
    asked: &'a str,
) -> CallMeta<'a> {
    let target = outcome.target.as_deref().or(Some(asked));
    let (action_id, service) = if surface == Surface::Proxy {
        (None, target)
    } else {
        (target, None)
    };
    CallMeta {
        execution_id: outcome.execution_id,
        action_id,
        service,
        cursor: result.meta.cursor.as_deref(),
        has_more: result.meta.has_more,
        total_count: result.meta.total_count,
        missing: &result.meta.missing,
        raw: result.raw.as_ref(),
        replayed: outcome.replayed,
    }
}

#[cfg(test)]
mod tests;
