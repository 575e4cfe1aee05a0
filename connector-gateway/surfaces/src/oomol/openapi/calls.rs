//! Routes that call: any action, one action with its own schemas, a connector's API itself.

use plugwright_sdk::host::{Effect, Entry, IdempotencyKey};
use plugwright_sdk::{Action as _, ErrorCode};
use serde_json::{Value, json};

use super::super::envelope::CallMeta;
use super::super::execute::MOST_RETRIES;
use super::super::proxy::METHODS;
use super::super::request::LONGEST_NAME;
use super::{catalog, failed, success};
use crate::gateway::Gateway;
use crate::openapi::{
    Access, Answers, Api, Failures, Operation, content, in_header, in_json, in_path, or_null,
    responses, shared,
};
use plugwright_engine::Principal;
use plugwright_engine::{Case, Surface};

pub(super) fn describe(api: &mut Api, gateway: &Gateway, principal: &Principal) {
    let parameters = parameters(api);
    let meta = api.of::<CallMeta<'_>>();
    let name = connection_name(api);
    let options = call_options(api);
    let mut answers = writes(api);
    answers.insert(
        200,
        in_json(
            "What the action returned; with `mode` `dryRun`, the request that it would send.",
            &success(&json!({}), &meta),
        ),
    );
    let input = json!({ "description": "What the action takes." });
    let mut with_id = vec![json!({ "$ref": "#/components/parameters/ActionId" })];
    with_id.extend(parameters.clone());
    api.operation(Operation {
        route: "POST /v1/actions/{actionId}",
        id: "executeAction",
        tag: "Calls",
        summary: "Call an action",
        description: "Every action also has an operation of its own, with its input and output.",
        parameters: with_id,
        body: Some(body(&input, &name, &options)),
        may_be_empty: true,
        answers,
        access: Access::Token,
    });
    if has_proxy(gateway, principal) {
        proxy(api, parameters, &meta);
    }
}

/// Tells whether a caller may call any connector's API itself.
pub(super) fn has_proxy(gateway: &Gateway, principal: &Principal) -> bool {
    let policy = gateway.engine().policy();
    let is_open =
        |name: &str| policy.proxies.matches(name) && principal.grant.proxies.matches(name);
    let mut connectors = gateway.registry().connectors().iter();
    connectors.any(|connector| is_open(connector.name()))
}

pub(super) fn call_options(api: &mut Api) -> Value {
    let mut options = options(true);
    options["description"] = "How the call is made.".into();
    api.schema("CallOptions", options)
}

fn proxy(api: &mut Api, mut parameters: Vec<Value>, meta: &Value) {
    parameters.insert(
        0,
        in_path(
            "service",
            "The connector's name.",
            &json!({ "type": "string" }),
        ),
    );
    let failures = Failures::of_table(Surface::Proxy, &errors(), &Case::ALL);
    let mut answers = failed(api, &of_requests(failures));
    answers.insert(200, proxied(meta));
    api.operation(Operation {
        route: "POST /v1/proxy/{service}",
        id: "callProxy",
        tag: "Calls",
        summary: "Send a request to a connector's API",
        description: "The gateway adds the credential of the connection.",
        parameters,
        body: Some(json!({
            "type": "object",
            "properties": proxy_members(),
            "required": ["endpoint", "method"],
            "additionalProperties": false,
        })),
        may_be_empty: false,
        answers,
        access: Access::Token,
    });
}

/// Returns the answer to a request to a connector's API itself.
pub(super) fn proxied(meta: &Value) -> Value {
    let data = json!({
        "type": "object",
        "properties": {
            "status": { "type": "integer" },
            "headers": { "type": "object", "additionalProperties": { "type": "string" } },
            "data": { "description": "JSON where the answer is JSON, else a text." },
            "bodyEncoding": {
                "enum": ["base64"],
                "description": "Is there if the answer's bytes are no text.",
            },
        },
        "required": ["status", "headers", "data"],
    });
    in_json(
        "What the connector's API answered, whatever its status is.",
        &success(&data, meta),
    )
}

/// Returns the members of such a request.
pub(super) fn proxy_members() -> Value {
    let methods = METHODS.map(|method| method.to_string());
    json!({
        "endpoint": {
            "type": "string",
            "minLength": 1,
            "description": "A path, or a URL on a host of the connector.",
        },
        "method": { "enum": methods },
        "query": {
            "type": ["object", "null"],
            "additionalProperties": {
                "type": ["string", "number", "boolean", "array", "null"],
            },
        },
        "headers": or_null(json!({
            "type": "object",
            "additionalProperties": { "type": "string" },
        })),
        "body": { "description": "A text is sent as it is, anything else as JSON." },
    })
}

/// What the operations of single actions have in common.
pub(crate) struct Typed {
    parameters: Vec<Value>,
    connection_name: Value,
    options: Value,
    meta: Value,
    reads: Answers,
    writes: Answers,
}

impl Typed {
    /// Adds to a document what they refer to.
    pub(crate) fn new(api: &mut Api) -> Self {
        let mut options = options(false);
        options["description"] = "How the call is made. With `fields`, and with `mode` `dryRun`, \
                                  the answer has another form: the operation `executeAction` \
                                  takes them."
            .into();
        let reads = Failures::of_table(Surface::Action, &errors(), &[Case::Repeatable]);
        let reads = failed(api, &of_requests(reads));
        Self {
            parameters: parameters(api),
            connection_name: connection_name(api),
            options: api.schema("TypedCallOptions", options),
            meta: api.of::<CallMeta<'_>>(),
            reads: shared(api, "Read", reads),
            writes: writes(api),
        }
    }

    /// Returns the operation of an action, with references to the schemas of its input and output.
    ///
    /// The input must be there if it has members that must be.
    pub(crate) fn operation(
        &self,
        entry: Entry,
        input: &Value,
        input_required: bool,
        output: &Value,
    ) -> Value {
        let action = entry.action;
        let mut body = body(input, &self.connection_name, &self.options);
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
pub(super) fn errors() -> Vec<ErrorCode> {
    let of_operator = [ErrorCode::AdminAuthRequired, ErrorCode::AdminAuthInvalid];
    let errors = ErrorCode::ALL.iter().copied();
    errors.filter(|code| !of_operator.contains(code)).collect()
}

/// Returns how calls of an action may fail.
pub(crate) fn failures_of(entry: Entry) -> Failures {
    let action = entry.action;
    let repeatable = action.effect() == Effect::Read || action.idempotent();
    let cases: &[Case] = if repeatable {
        &[Case::Repeatable]
    } else {
        &Case::ALL
    };
    of_requests(Failures::of_table(Surface::Action, &errors(), cases))
}

/// The answers to calls that are not known to be reads.
fn writes(api: &mut Api) -> Answers {
    let failures = Failures::of_table(Surface::Action, &errors(), &Case::ALL);
    let answers = failed(api, &of_requests(failures));
    shared(api, "Write", answers)
}

/// Adds what is wrong with a request before it is a call.
pub(super) fn of_requests(failures: Failures) -> Failures {
    failures
        .with(400, "invalid_json", "the body is not a JSON object")
        .with(
            400,
            "invalid_connection_name",
            "no connection can have this name",
        )
        .with(
            413,
            "payload_too_large",
            "the body is larger than allowed here",
        )
}

fn parameters(api: &mut Api) -> Vec<Value> {
    vec![catalog::organization(api), idempotency_key(api)]
}

pub(super) fn idempotency_key(api: &mut Api) -> Value {
    let key = in_header(
        "Idempotency-Key",
        "Makes the call happen once, however often it is made with this key.",
        &json!({ "type": "string", "minLength": 1, "maxLength": IdempotencyKey::LONGEST }),
    );
    api.parameter("IdempotencyKey", key)
}

fn connection_name(api: &mut Api) -> Value {
    let schema = json!({
        "type": ["string", "null"],
        "pattern": "^([A-Za-z0-9][A-Za-z0-9_-]*)?$",
        "maxLength": LONGEST_NAME,
        "description": "Name of the connection to use; without it, and without \
                        `options.connectionId`, the default one.",
    });
    api.schema("ConnectionName", schema)
}

fn body(input: &Value, connection_name: &Value, options: &Value) -> Value {
    json!({
        "type": "object",
        "properties": {
            "input": input,
            "connectionName": connection_name,
            "options": options,
        },
        "additionalProperties": false,
    })
}

/// Returns the schema of `options`; those that change the form of the answer only if it may have
/// any.
fn options(any_form: bool) -> Value {
    let mut properties = json!({
        "timeoutMs": {
            "type": "integer",
            "minimum": 1,
            "description": "How long the call may take, in milliseconds; at most what the \
                            deployment allows.",
        },
        "retries": {
            "type": "integer",
            "minimum": 0,
            "maximum": MOST_RETRIES,
            "description": "How many further attempts are made, where the effect allows it.",
        },
        "mode": {
            "enum": ["live", "mock"],
            "default": "live",
            "description": "Whether the provider is asked, or a recorded answer stands in for it.",
        },
        "raw": {
            "type": "boolean",
            "default": false,
            "description": "Whether `meta.raw` is to have the provider's answer.",
        },
        "cursor": {
            "type": "string",
            "description": "Where a list goes on: `meta.cursor` of the page before, with the same input and connection.",
        },
        "headers": {
            "type": "object",
            "additionalProperties": { "type": "string" },
            "description": "Further headers for the provider.",
        },
        "connectionId": {
            "type": "string",
            "format": "uuid",
            "description": "Id of the connection to use, instead of its name.",
        },
    });
    if any_form {
        properties["mode"]["enum"] = json!(["live", "mock", "dryRun"]);
        properties["fields"] = json!({
            "type": "array",
            "items": { "type": "string", "minLength": 1 },
            "description": "Fields of the output to keep, as paths such as `user.login`.",
        });
    }
    if let Value::Object(members) = &mut properties {
        for schema in members.values_mut() {
            *schema = or_null(schema.take());
        }
    }
    or_null(json!({ "type": "object", "properties": properties, "additionalProperties": false }))
}
