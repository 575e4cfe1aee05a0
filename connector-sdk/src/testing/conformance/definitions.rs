//! Names, descriptions and schemas.

use serde_json::{Value, json};

use crate::action::{Action, ActionDefinition};
use crate::connector::ConnectorDefinition;
use crate::reading::value::{items, members};
use crate::result::Returns;
use crate::schema::resolve;
use crate::testing::Report;

/// Words that a description has: enough to choose by, few enough to read thousands of them.
const DESCRIPTION_WORDS: std::ops::RangeInclusive<usize> = 15..=80;

pub(super) fn check(connector: &ConnectorDefinition, report: &mut Report) {
    if connector.display_name().trim().is_empty() {
        report.find(None, "display-name", "the connector has no display name");
    }
    if connector.description().trim().is_empty() {
        report.find(
            None,
            "description",
            "the connector has no description; add `.description(..)`",
        );
    }
    if url::Url::parse(&connector.base_url().replace(['{', '}'], "x")).is_err()
        && !connector.base_url().starts_with('{')
    {
        report.find(
            None,
            "base-url",
            format!(
                "`{}` is not a URL; add `.base_url(..)`",
                connector.base_url()
            ),
        );
    }
    for action in connector.actions() {
        check_action(action, report);
    }
}

fn check_action(action: &ActionDefinition, report: &mut Report) {
    let name = Some(action.name());
    let words = action.description().split_whitespace().count();
    if !DESCRIPTION_WORDS.contains(&words) {
        report.find(
            name,
            "description",
            format!("has {words} words; 15 to 80 tell an agent what it does, takes and returns"),
        );
    }
    for param in action.params() {
        if param.description.trim().is_empty() {
            report.find(
                name,
                "param-description",
                format!("`{}` is not documented", param.name),
            );
        }
    }
    let input = action.input_schema();
    if input["type"] != "object" {
        report.find(name, "input-schema", "the root must be of type object");
    }
    check_schema(name, "input-schema", &input, report);
    check_values(name, &input, report);
    let output = action.output_schema();
    let wanted = match action.returns() {
        Returns::List => "array",
        Returns::Single => "object",
    };
    let kind = &resolve(&output, &output)["type"];
    // That of `Value` takes anything.
    let is_any = action.returns() == Returns::Single && output == json!({});
    if *kind != wanted && !is_any {
        let advice = if *kind == "array" {
            "; a list is returned as `Page<T>`"
        } else {
            ""
        };
        report.find(
            name,
            "output-schema",
            format!("the root must be of type {wanted}, not {kind}{advice}"),
        );
    }
    check_schema(name, "output-schema", &output, report);
}

fn check_schema(name: Option<&str>, rule: &'static str, schema: &Value, report: &mut Report) {
    if let Err(error) = jsonschema::meta::validate(schema) {
        report.find(name, rule, format!("is not JSON Schema 2020-12: {error}"));
    }
    walk(schema, "", &mut |path, schema| {
        for keyword in ["title", "const", "$schema"] {
            if schema.contains_key(keyword) {
                report.find(
                    name,
                    rule,
                    format!("has `{keyword}` at `{path}`, which the canonical form leaves out"),
                );
            }
        }
        let numeric = schema
            .get("type")
            .is_some_and(|kind| kind == "integer" || kind == "number");
        if numeric && schema.contains_key("format") {
            report.find(name, rule, format!("has a numeric `format` at `{path}`"));
        }
    });
}

fn walk(schema: &Value, path: &str, look: &mut dyn FnMut(&str, &crate::param::JsonObject)) {
    let Some(object) = schema.as_object() else {
        return;
    };
    look(path, object);
    for keyword in ["properties", "$defs"] {
        for (name, member) in members(object.get(keyword)) {
            walk(member, &format!("{path}/{name}"), look);
        }
    }
    for keyword in ["items", "additionalProperties"] {
        if let Some(member) = object.get(keyword) {
            walk(member, &format!("{path}/{keyword}"), look);
        }
    }
    for keyword in ["anyOf", "oneOf", "allOf"] {
        for member in items(object.get(keyword)) {
            walk(member, path, look);
        }
    }
}

/// Defaults and examples must be values that are allowed.
fn check_values(name: Option<&str>, input: &Value, report: &mut Report) {
    for (param, schema) in input["properties"].as_object().into_iter().flatten() {
        let examples = items(schema.get("examples"));
        for value in schema.get("default").into_iter().chain(examples) {
            match validator(schema) {
                Ok(validator) => {
                    if let Err(error) = validator.validate(value) {
                        report.find(
                            name,
                            "param-value",
                            format!(
                                "`{param}`: default or example {value} is not allowed: {error}"
                            ),
                        );
                    }
                }
                Err(message) => report.find(name, "input-schema", message),
            }
        }
    }
}

pub(super) fn validator(schema: &Value) -> Result<jsonschema::Validator, String> {
    jsonschema::options()
        .should_validate_formats(true)
        .build(schema)
        .map_err(|error| format!("can't be compiled: {error}"))
}
