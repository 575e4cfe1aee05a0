//! What this dialect says of itself in OpenAPI.

mod calls;
mod catalog;
mod connections;
mod saas;

use serde_json::{Value, json};

use super::envelope::FailureBody;
use crate::gateway::Gateway;
use crate::openapi::{Answers, Api, Failures};
pub(crate) use calls::{Typed, failures_of};
use plugwright_engine::Principal;

/// Adds the operations that this caller may use.
pub(crate) fn describe(api: &mut Api, gateway: &Gateway, principal: &Principal) {
    api.tag(json!({ "name": "Catalog", "description": "What can be called, and with what." }));
    catalog::describe(api);
    if principal.project.is_some() {
        saas::describe(api, gateway, principal);
        return;
    }
    api.tag(json!({ "name": "Calls", "description": "Calls of any action or API." }));
    calls::describe(api, gateway, principal);
    connections::describe(api);
}

/// Returns the schema of a success.
fn success(data: &Value, meta: &Value) -> Value {
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

/// Returns failures as answers.
fn failed(api: &mut Api, failures: &Failures) -> Answers {
    let failure = api.of::<FailureBody<'_>>();
    failures.answers(|codes| {
        json!({
            "allOf": [failure],
            "properties": { "success": { "const": false }, "errorCode": { "enum": codes } },
        })
    })
}
