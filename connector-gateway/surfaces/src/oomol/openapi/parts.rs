//! What descriptions of operations share: parameters, groups, and how requests fail.

use plugwright_sdk::ErrorCode;
use plugwright_sdk::host::{Effect, Entry, IdempotencyKey};
use serde_json::{Value, json};

use crate::body::BodyError;
use crate::oomol::dialect::Dialect;
use crate::oomol::envelope::{CallMeta, FailureBody};
use crate::openapi::operation::{Group, Operation};
use crate::openapi::{Access, Answers, Api, Failures, in_header, in_path};
use plugwright_engine::{Case, Surface};

pub(crate) fn text() -> Value {
    json!({ "type": "string" })
}

/// Makes a group whose responses have no meta.
pub(crate) fn group(
    tag: &'static str,
    failures: fn(&mut Api, &Operation<Dialect>) -> Answers,
) -> Group<Dialect> {
    Group {
        tag,
        prefix: "",
        access: Access::Token,
        envelope: |_, data| success(&data, &json!({ "type": "object" })),
        failures,
    }
}

pub(crate) fn organization(api: &mut Api) -> Value {
    let header = in_header(
        "x-oo-team-name",
        "The organization whose connections to use; by default the first in the token's grant. \
         `x-oo-organization-name` is the same.",
        &text(),
    );
    api.parameter("Organization", header)
}

pub(crate) fn action(api: &mut Api) -> Value {
    let description = "The action's id, or another spelling of it.";
    let action = in_path("actionId", description, &text());
    api.parameter("ActionId", action)
}

pub(super) fn success(data: &Value, meta: &Value) -> Value {
    json!({
        "type": "object",
        "properties": {
            "success": { "const": true },
            "message": { "type": "string" },
            "data": data,
            "meta": meta,
        },
        "required": ["success", "message", "data", "meta"],
    })
}

pub(crate) fn failed(api: &mut Api, failures: &Failures) -> Answers {
    let failure = api.of::<FailureBody<'_>>();
    failures.answers(|codes| {
        json!({
            "allOf": [failure],
            "properties": { "success": { "const": false }, "errorCode": { "enum": codes } },
        })
    })
}

pub(crate) fn call_group(
    tag: &'static str,
    failures: fn(&mut Api, &Operation<Dialect>) -> Answers,
) -> Group<Dialect> {
    Group {
        envelope: |api, data| success(&data, &api.of::<CallMeta<'_>>()),
        ..group(tag, failures)
    }
}

pub(crate) fn proxied(_: &mut Api) -> Value {
    json!({
        "type": "object",
        "properties": {
            "status": { "type": "integer" },
            "headers": { "type": "object", "additionalProperties": { "type": "string" } },
            "data": { "description": "JSON if the response is JSON, otherwise a string." },
            "bodyEncoding": {
                "enum": ["base64"],
                "description": "Present if the response is not UTF-8 text.",
            },
        },
        "required": ["status", "headers", "data"],
    })
}

/// Returns the errors of calls: all but those of the operator's API.
pub(crate) fn call_errors() -> Vec<ErrorCode> {
    let of_operator = [ErrorCode::AdminAuthRequired, ErrorCode::AdminAuthInvalid];
    let errors = ErrorCode::ALL.iter().copied();
    errors.filter(|code| !of_operator.contains(code)).collect()
}

/// Returns how calls of an action may fail.
pub(crate) fn failures_of(entry: &Entry) -> Failures {
    let action = &entry.action;
    let repeatable = action.effect() == Effect::Read || action.idempotent();
    let cases: &[Case] = if repeatable {
        &[Case::Repeatable]
    } else {
        &Case::ALL
    };
    of_requests(Failures::of_table(Surface::Action, &call_errors(), cases))
}

/// Adds the failures of a request before the call.
pub(crate) fn of_requests(failures: Failures) -> Failures {
    of_bodies(failures).with(
        400,
        "invalid_connection_name",
        "no connection can have this name",
    )
}

/// Adds the failures of a body before it is validated.
pub(crate) fn of_bodies(failures: Failures) -> Failures {
    failures
        .with(400, "invalid_json", "the body is not a JSON object")
        .with(413, "payload_too_large", BodyError::TOO_LONG)
}

/// Adds the header that makes a call happen once.
pub(crate) fn idempotency_key(api: &mut Api) -> Value {
    let key = in_header(
        "Idempotency-Key",
        "Makes the call happen once, however often the request is repeated.",
        &json!({ "type": "string", "minLength": 1, "maxLength": IdempotencyKey::LONGEST }),
    );
    api.parameter("IdempotencyKey", key)
}
