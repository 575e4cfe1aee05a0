//! The actions that a caller may call, each as an operation.

use plugwright_sdk::host::{Connector, Entry};
use plugwright_sdk::schema::example;
use serde_json::{Value, json};

use super::api::{Access, Api};
use super::schema;
use crate::oomol::openapi::ActionOperations;

/// Adds actions, grouped by connector.
pub(super) fn describe(api: &mut Api, entries: &[Entry]) {
    if entries.is_empty() {
        return;
    }
    let typed = ActionOperations::new(api);
    let mut last = "";
    for entry in entries {
        if entry.connector.name() != last {
            last = entry.connector.name();
            api.tag(tag(&entry.connector));
        }
        let name = entry.tool_name();
        let input = entry.action.input_schema();
        let input_required = !example::smallest(&input).is_empty();
        let input = add(api, &format!("{name}.input"), input);
        let output = add(api, &format!("{name}.output"), entry.action.output_schema());
        let mut operation = typed.operation(entry, &input, input_required, &output);
        operation["security"] = api.security(Access::Token);
        api.add("post", &format!("/v1/actions/{}", entry.id()), operation);
    }
}

fn add(api: &mut Api, name: &str, schema: Value) -> Value {
    let mut reference = Value::Null;
    for (name, schema) in schema::components(name, schema) {
        reference = api.schema(name, schema);
    }
    reference
}

pub(super) fn tag(connector: &Connector) -> Value {
    let mut tag = json!({ "name": connector.name(), "description": connector.description() });
    if let Some(url) = connector.homepage_url() {
        tag["externalDocs"] = json!({ "url": url });
    }
    tag
}
