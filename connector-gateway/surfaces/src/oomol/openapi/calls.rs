//! Operations that call: any action, one action with its own schemas, a connector's API itself.

use plugwright_sdk::host::{Effect, Entry};
use serde_json::{Value, json};

use super::super::envelope::CallMeta;
use super::super::execute::{self, CallBody};
use super::super::proxy::{self, ProxyBody};
use super::parts::{
    action, call_errors, call_group, failed, idempotency_key, of_requests, organization, proxied,
    success,
};
use crate::caller::Caller;
use crate::members::schema;
use crate::oomol::dialect::Dialect;
use crate::openapi::operation::{Operation, operations};
use crate::openapi::{Answers, Api, Failures, content, in_json, responses, shared};
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

/// Returns whether a caller may call the API of any connector directly.
pub(super) fn has_proxy(caller: &Caller) -> bool {
    let policy = &caller.gateway.engine().policy().proxies;
    let grant = &caller.principal.grant.proxies;
    let is_open = |name: &str| policy.matches(name) && grant.matches(name);
    caller.gateway.registry().names().any(is_open)
}

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
        if let Some(by) = action.reconciles_by() {
            operation["x-plugwright-reconciles-by"] = json!(by);
        }
        if let Some(note) = action.deprecated() {
            operation["deprecated"] = true.into();
            operation["description"] =
                format!("{}\n\nDeprecated: {note}", action.description()).into();
        }
        operation
    }
}

/// The error responses of calls that may be writes.
fn writes(api: &mut Api) -> Answers {
    let failures = Failures::of_table(Surface::Action, &call_errors(), &Case::ALL);
    let answers = failed(api, &of_requests(failures));
    shared(api, "Write", answers)
}
