//! The envelope: `{success, message, data, meta}`, and `errorCode` on failures.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use plugwright_sdk::host::{Data, Echo, Faults, Missing};
use plugwright_sdk::{ActionError, ActionResult, ErrorCode, Hint};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::answer::{self, JSON, defect, wait_of};
use crate::tagged::TaggedBody;
use crate::view::view;
use plugwright_engine::{Case, Outcome, Surface};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What precedes the data of every success.
pub(super) const HEAD: &str = r#"{"success":true,"message":"OK","data":"#;
/// What follows the data of a success without meta.
pub(super) const TAIL: &str = r#","meta":{}}"#;
/// Room for what surrounds the data of a call, so that the buffer rarely grows.
const AROUND_DATA: usize = 512;

#[derive(Debug)]
pub(crate) struct Failure(Box<Inner>);

#[derive(Debug, Default)]
struct Inner {
    status: u16,
    code: &'static str,
    message: String,
    data: Value,
    /// The SDK's code and status, and whether the provider may have been asked.
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
            ..Inner::default()
        }))
    }

    /// Makes the failure that the outcome table has for an error.
    pub(super) fn of(error: &ActionError, case: Case, surface: Surface) -> Self {
        let answer = plugwright_engine::answer(error.code(), case, surface);
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

    pub(super) fn invalid(faults: impl Into<Faults>) -> Self {
        ActionError::invalid(faults).into()
    }

    pub(super) fn defect() -> Self {
        defect().into()
    }

    /// Returns the SDK's code, if the SDK has one for this failure.
    pub(super) fn canonical(&self) -> Option<ErrorCode> {
        self.0.canonical.map(|(code, ..)| code)
    }

    pub(super) fn spelled(mut self, (status, code, _): Spelling) -> Self {
        self.0.status = status;
        self.0.code = code;
        self
    }

    /// Names what was called: the connector for a proxied request, otherwise the action.
    pub(super) fn about(mut self, surface: Surface, target: String) -> Self {
        if surface == Surface::Proxy {
            self.0.service = Some(Echo::cut(target));
        } else {
            let service = target.split_once('.').map(|(service, _)| service);
            self.0.service = service.map(|service| Echo(service).to_string());
            self.0.action_id = Some(Echo::cut(target));
        }
        self
    }
}

/// Status, code and meaning of a failure that the outcome table does not have.
pub(super) type Spelling = (u16, &'static str, &'static str);

impl From<ActionError> for Failure {
    /// Makes the failure of a request that calls nothing.
    fn from(error: ActionError) -> Self {
        Self::of(&error, Case::Repeatable, Surface::Action)
    }
}

/// A failed request.
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
    /// The SDK's code, which is more specific than `errorCode`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    code: Option<ErrorCode>,
    /// The status of the error itself, whatever the response's is.
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
        let failure = *self.0;
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
                retry_after_seconds: wait_of(failure.status, failure.retry_after),
            },
        };
        let mut response = answer::failure(failure.status, failure.code, Some(request_id), &body);
        if let Ok(id) = HeaderValue::from_str(&request_id.to_string()) {
            response.headers_mut().insert(REQUEST_ID, id);
        }
        answer::advise(response, failure.retry_after)
    }
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

/// Responds with data that no cache may store.
pub(super) fn fresh(data: &impl Serialize) -> Result<Response, Failure> {
    let body = success(data, NoMeta {}, AROUND_DATA)?;
    Ok(answer::serialized(body.into()))
}

/// Responds with data of the catalog: 304 if the caller has it already.
pub(super) fn revalidated(request: &HeaderMap, data: &impl Serialize) -> Result<Response, Failure> {
    let body = success(data, NoMeta {}, AROUND_DATA)?;
    Ok(TaggedBody::new(body).response(request, JSON))
}

view! {
    /// Meta of a call that succeeded.
    #[derive(Serialize, JsonSchema)]
    #[serde(rename_all = "camelCase")]
    pub(super) struct CallMeta<'a>(
        outcome: &'a Outcome,
        result: &'a ActionResult,
        surface: Surface,
        target: &'a str,
    ) {
        execution_id: Uuid = outcome.execution_id,
        #[serde(skip_serializing_if = "Option::is_none")]
        action_id: Option<&'a str> = (surface != Surface::Proxy).then_some(target),
        #[serde(skip_serializing_if = "Option::is_none")]
        service: Option<&'a str> = (surface == Surface::Proxy).then_some(target),
        #[serde(skip_serializing_if = "Option::is_none")]
        cursor: Option<&'a str> = result.meta.cursor.as_deref(),
        #[serde(skip_serializing_if = "Option::is_none")]
        has_more: Option<bool> = result.meta.has_more,
        #[serde(skip_serializing_if = "Option::is_none")]
        total_count: Option<u64> = result.meta.total_count,
        #[serde(skip_serializing_if = "<[_]>::is_empty")]
        missing: &'a [Missing] = &result.meta.missing,
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schemars(with = "Option<Value>")]
        raw: Option<&'a Data> = result.raw.as_ref(),
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        replayed: bool = outcome.replayed,
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        reconciled: bool = outcome.reconciled,
    }
}

view! {
    /// The data of a call for an end user, where clients expect the ids in `data`, not in `meta`.
    #[derive(Serialize, JsonSchema)]
    #[serde(rename_all = "camelCase")]
    #[schemars(inline)]
    pub(super) struct ActionOutput<'a>(
        outcome: &'a Outcome,
        result: &'a ActionResult,
        target: &'a str,
    ) {
        execution_id: Uuid = outcome.execution_id,
        action_id: &'a str = target,
        /// What the action returned.
        #[schemars(with = "Value")]
        output: &'a Data = &result.data,
    }
}

/// Renders the outcome of a call; `asked` is the action or service as the caller wrote it.
pub(super) fn render(
    outcome: &Outcome,
    surface: Surface,
    asked: &str,
) -> Result<Response, Failure> {
    rendered(outcome, surface, asked, |result, _| &result.data)
}

pub(super) fn render_for_user(outcome: &Outcome, asked: &str) -> Result<Response, Failure> {
    rendered(outcome, Surface::Action, asked, |result, target| {
        ActionOutput::new(outcome, result, target)
    })
}

fn rendered<'o, D: Serialize>(
    outcome: &'o Outcome,
    surface: Surface,
    asked: &'o str,
    data: impl FnOnce(&'o ActionResult, &'o str) -> D,
) -> Result<Response, Failure> {
    let target = outcome.target.as_deref().unwrap_or(asked);
    let result = outcome.result.as_ref().map_err(|error| {
        let mut failure = Failure::of(error, outcome.case, surface);
        failure.0.execution_id = Some(outcome.execution_id);
        failure.0.canonical = Some((error.code(), error.status(), outcome.sent));
        failure.about(surface, target.to_owned())
    })?;
    let room = result.data.to_json().len() + AROUND_DATA;
    let meta = CallMeta::new(outcome, result, surface, target);
    let body = success(data(result, target), meta, room)?;
    Ok(answer::serialized(body.into()))
}

#[cfg(test)]
mod tests;
