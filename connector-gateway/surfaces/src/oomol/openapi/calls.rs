//! Operations that call: any action, one action with its own schemas, a connector's API itself.

use plugwright_sdk::ErrorCode;
use plugwright_sdk::host::{Effect, Entry, IdempotencyKey};
use serde_json::{Value, json};

use super::super::envelope::CallMeta;
use super::super::execute::{self, CallBody};
use super::super::proxy::{self, ProxyBody};
use super::{Dialect, action, failed, group, organization, success};
use crate::body::BodyError;
use crate::caller::Caller;
use crate::members::schema;
use crate::openapi::operation::{Group, Operation, operations};
use crate::openapi::{Answers, Api, Failures, content, in_header, in_json, responses, shared};
use plugwright_engine::{Case, Surface};

pub(super) fn call() -> Vec<Operation<Dialect>> {
    operations! {
        post "/v1/actions/{actionId}" "executeAction" "Call an action" => execute::execute,
            about "Each action also has its own operation, with its input and output.",
            with action organization idempotency_key, takes CallBody<false>,
            answers_by 200 "What the action returned; with `mode` `dryRun`, the requests that it would send."
                any, sets may_be_empty = true;
    }
}

pub(super) fn proxy() -> Vec<Operation<Dialect>> {
    operations! {
        post "/v1/proxy/{service}" "callProxy" "Send a request to a connector's API"
            => proxy::call, about "The gateway adds the credential of the connection.",
            at "The connector's name.", with organization idempotency_key, takes ProxyBody,
            answers_by 200 "What the connector's API responded, with any status." proxied;
    }
}

fn any(_: &mut Api) -> Value {
    json!({})
}

pub(super) fn describe(api: &mut Api, has_proxy: bool) {
    const TAG: &str = "Calls";
    api.tag(json!({ "name": TAG, "description": "Calls of any action or API." }));
    api.describe(call(), &call_group(TAG, |api, _| writes(api)));
    if has_proxy {
        let failures = |api: &mut Api, _: &Operation<_>| {
            let failures = Failures::of_table(Surface::Proxy, &call_errors(), &Case::ALL);
            failed(api, &of_requests(failures))
        };
        api.describe(proxy(), &call_group(TAG, failures));
    }
}

/// Makes a group whose responses have the meta of a call.
pub(in super::super) fn call_group(
    tag: &'static str,
    failures: fn(&mut Api, &Operation<Dialect>) -> Answers,
) -> Group<Dialect> {
    Group {
        envelope: |api, data| success(&data, &api.of::<CallMeta<'_>>()),
        ..group(tag, failures)
    }
}

/// Tells whether a caller may call the API of any connector directly.
pub(super) fn has_proxy(caller: &Caller) -> bool {
    let policy = &caller.gateway.engine().policy().proxies;
    let grant = &caller.principal.grant.proxies;
    let is_open = |name: &str| policy.matches(name) && grant.matches(name);
    caller.gateway.registry().names().any(is_open)
}

/// Returns the schema of a proxied response.
pub(in super::super) fn proxied(_: &mut Api) -> Value {
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

/// What the operations of single actions share.
pub(crate) struct ActionOperations {
    parameters: Vec<Value>,
    body: Value,
    meta: Value,
    reads: Answers,
    writes: Answers,
}

impl ActionOperations {
    /// Adds the components that they refer to.
    pub(crate) fn new(api: &mut Api) -> Self {
        let reads = Failures::of_table(Surface::Action, &call_errors(), &[Case::Repeatable]);
        let reads = failed(api, &of_requests(reads));
        Self {
            parameters: vec![organization(api), idempotency_key(api)],
            body: schema::<CallBody<true>>(api),
            meta: api.of::<CallMeta<'_>>(),
            reads: shared(api, "Read", reads),
            writes: writes(api),
        }
    }

    /// Returns the operation of an action, with references to the schemas of its input and output.
    /// The input is required if it has required members.
    pub(crate) fn operation(
        &self,
        entry: &Entry,
        input: &Value,
        input_required: bool,
        output: &Value,
    ) -> Value {
        let action = &entry.action;
        let mut body = self.body.clone();
        body["properties"]["input"] = input.clone();
        if input_required {
            body["required"] = json!(["input"]);
        }
        let repeatable = action.effect() == Effect::Read || action.idempotent();
        let mut answers = if repeatable {
            self.reads.clone()
        } else {
            self.writes.clone()
        };
        answers.insert(
            200,
            in_json("What the action returned.", &success(output, &self.meta)),
        );
        let mut operation = json!({
            "operationId": entry.tool_name(),
            "tags": [entry.connector.name()],
            "summary": action.title(),
            "description": action.description(),
            "x-plugwright-action": entry.id(),
            "x-plugwright-effect": action.effect(),
            "x-plugwright-idempotent": action.idempotent(),
            "x-plugwright-returns": action.returns(),
            "x-plugwright-scopes": action.scopes(),
            "parameters": self.parameters,
            "requestBody": {
                "required": input_required,
                "content": content(&body),
            },
            "responses": responses(answers),
        });
        if let Some(note) = action.deprecated() {
            operation["deprecated"] = true.into();
            operation["description"] =
                format!("{}\n\nDeprecated: {note}", action.description()).into();
        }
        operation
    }
}

/// Returns the errors of calls: all but those of the operator's API.
pub(in super::super) fn call_errors() -> Vec<ErrorCode> {
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

/// The error responses of calls that may be writes.
fn writes(api: &mut Api) -> Answers {
    let failures = Failures::of_table(Surface::Action, &call_errors(), &Case::ALL);
    let answers = failed(api, &of_requests(failures));
    shared(api, "Write", answers)
}

/// Adds the failures of a request before the call.
pub(in super::super) fn of_requests(failures: Failures) -> Failures {
    of_bodies(failures).with(
        400,
        "invalid_connection_name",
        "no connection can have this name",
    )
}

/// Adds the failures of a body before it is validated.
pub(in super::super) fn of_bodies(failures: Failures) -> Failures {
    failures
        .with(400, "invalid_json", "the body is not a JSON object")
        .with(413, "payload_too_large", BodyError::TOO_LONG)
}

/// Adds the header that makes a call happen once.
pub(in super::super) fn idempotency_key(api: &mut Api) -> Value {
    let key = in_header(
        "Idempotency-Key",
        "Makes the call happen once, however often the request is repeated.",
        &json!({ "type": "string", "minLength": 1, "maxLength": IdempotencyKey::LONGEST }),
    );
    api.parameter("IdempotencyKey", key)
}
