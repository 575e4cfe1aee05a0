//! The input of a run: `--input` and NAME=VALUE, typed and validated by the action.

use std::io::Read as _;

use plugwright_sdk::host::coerce::{self, Coerced};
use plugwright_sdk::{Action, ActionError};
use serde_json::{Map, Value, json};

use crate::args::Assignment;
use crate::schema::find;

/// Builds the input and lets the action validate it, so that all faults are reported at once.
pub(crate) fn read(
    action: &dyn Action,
    document: Option<&str>,
    assignments: &[Assignment],
) -> Result<Value, ActionError> {
    let coerced = typed(&action.input_schema(), document, assignments)?;
    let input = coerced.members.clone();
    coerced.decode(action)?;
    Ok(input.into())
}

pub(crate) fn typed(
    schema: &Value,
    document: Option<&str>,
    assignments: &[Assignment],
) -> Result<Coerced, ActionError> {
    let mut members = match document {
        Some(source) => object(&text(source)?)?,
        None => Map::new(),
    };
    // Each name is typed as if it were a parameter of its own.
    let mut places = Map::new();
    for assignment in assignments {
        if let Some(member) = find(schema, assignment.name()) {
            places.insert(assignment.name().to_owned(), member.schema.clone());
        }
    }
    let flat = json!({ "properties": places, "$defs": schema["$defs"] });
    let texts = assignments
        .iter()
        .filter_map(|assignment| match assignment {
            Assignment::Text { name, text } => Some((name.as_str(), text.as_str())),
            Assignment::Json { .. } => None,
        });
    let Coerced {
        members: typed,
        mut faults,
    } = coerce::object(&flat, texts);
    let json = assignments
        .iter()
        .filter_map(|assignment| match assignment {
            Assignment::Json { name, value } => Some((name.clone(), value.clone())),
            Assignment::Text { .. } => None,
        });
    for (name, value) in typed.into_iter().chain(json) {
        let path = find(schema, &name).map_or_else(|| vec![&*name], |member| member.path);
        if let Err(outer) = put(&mut members, &path, value) {
            faults.note(
                outer,
                format_args!("is not an object, so it has no `{name}`"),
            );
        }
    }
    Ok(Coerced { members, faults })
}

/// Puts a value into an object, or into the objects in it.
fn put<'a>(
    members: &mut Map<String, Value>,
    path: &[&'a str],
    value: Value,
) -> Result<(), &'a str> {
    match path {
        [] => Ok(()),
        [name] => {
            members.insert((*name).to_owned(), value);
            Ok(())
        }
        [outer, inner @ ..] => {
            let object = members.entry(*outer).or_insert_with(|| json!({}));
            put(object.as_object_mut().ok_or(*outer)?, inner, value)
        }
    }
}

fn text(source: &str) -> Result<String, ActionError> {
    let refused = |from: &str, error: std::io::Error| {
        ActionError::invalid_param("--input", format!("can't be read from {from}: {error}"))
    };
    match (source, source.strip_prefix('@')) {
        ("-", _) => {
            let mut text = String::new();
            std::io::stdin()
                .read_to_string(&mut text)
                .map_err(|error| refused("standard input", error))?;
            Ok(text)
        }
        (_, Some(file)) => {
            std::fs::read_to_string(file).map_err(|error| refused(&format!("`{file}`"), error))
        }
        _ => Ok(source.to_owned()),
    }
}

fn object(text: &str) -> Result<Map<String, Value>, ActionError> {
    let kind = match serde_json::from_str(text) {
        Ok(Value::Object(members)) => return Ok(members),
        Ok(Value::Null) => "null",
        Ok(Value::Bool(_)) => "a boolean",
        Ok(Value::Number(_)) => "a number",
        Ok(Value::String(_)) => "a string",
        Ok(Value::Array(_)) => "an array",
        Err(error) => {
            return Err(ActionError::invalid_param(
                "--input",
                format!("is not JSON: {error}"),
            ));
        }
    };
    Err(ActionError::invalid_param(
        "--input",
        format!("must be a JSON object of parameters, not {kind}"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::ITEMS_LIST;

    fn input(document: Option<&str>, arguments: &[&str]) -> Result<Value, String> {
        let assignments: Vec<_> = arguments
            .iter()
            .map(|argument| argument.parse().unwrap())
            .collect();
        read(ITEMS_LIST, document, &assignments).map_err(|error| error.message().to_owned())
    }

    #[test]
    fn arguments_replace_members_of_the_input() {
        let read = input(
            Some(r#"{"shop":"7","size":3}"#),
            &["size=5", "tags=a", "tags=b"],
        );
        assert_eq!(
            read,
            Ok(json!({ "shop": "7", "size": 5, "tags": ["a", "b"] }))
        );
        assert_eq!(
            input(None, &["shop=7", "size:=5"]),
            Ok(json!({ "shop": "7", "size": 5 }))
        );
    }

    #[test]
    fn names_with_dots_are_members_of_objects() {
        let schema = json!({
            "properties": {
                "kernel": { "$ref": "#/$defs/Kernel" },
                "env": { "type": "object", "additionalProperties": { "type": "integer" } },
                "per.page": { "type": "integer" },
                "name": { "type": "string" }
            },
            "$defs": { "Kernel": { "type": "object", "additionalProperties": false, "properties": {
                "name": { "type": "string" },
                "spec": { "type": "object", "properties": {
                    "argv": { "type": "array", "items": { "type": "string" } },
                    "debug": { "type": "boolean" }
                } }
            } } }
        });
        let read = |document: Option<&str>, arguments: &[&str]| {
            let assignments: Vec<_> = arguments.iter().map(|it| it.parse().unwrap()).collect();
            typed(&schema, document, &assignments).unwrap()
        };
        let given = read(
            None,
            &[
                "kernel.name=3",
                "kernel.spec.argv=a,b",
                "kernel.spec.debug:=true",
                "env.A.B=1",
                "per.page=5",
            ],
        );
        assert!(given.faults.is_empty(), "{:?}", given.faults);
        assert_eq!(
            json!(given.members),
            json!({
                "kernel": { "name": "3", "spec": { "argv": ["a", "b"], "debug": true } },
                "env": { "A.B": 1 },
                "per.page": 5
            })
        );
        let merged = read(Some(r#"{"kernel":{"id":7}}"#), &["kernel.name=x"]);
        assert_eq!(
            json!(merged.members),
            json!({ "kernel": { "id": 7, "name": "x" } })
        );
        let untyped = read(None, &["env.A=x", "kernel.spec.debug=maybe"]);
        let places: Vec<_> = untyped.faults.iter().map(|fault| &*fault.param).collect();
        assert_eq!(places, ["env.A", "kernel.spec.debug"]);
        // What is no object has no members, and is for the action to refuse.
        assert_eq!(
            json!(read(None, &["name.x=1"]).members),
            json!({ "name.x": "1" })
        );
        let clash = read(Some(r#"{"kernel":"x"}"#), &["kernel.name=x"]);
        assert_eq!(clash.faults[0].param, "kernel");
    }

    #[test]
    fn all_faults_are_reported_together() {
        assert_eq!(
            input(None, &["size=many", "shp=1"]).unwrap_err(),
            "3 problems: `size` must be an integer between 1 and 100, not \"many\"; \
             `shp` is not a parameter; did you mean `shop`?; `shop` is required: The shop."
        );
        assert_eq!(
            input(None, &["shop=1", "size=101"]).unwrap_err(),
            "`size` must be between 1 and 100, not 101"
        );
    }

    #[test]
    fn a_malformed_input_says_where() {
        let error = input(Some("{\"shop\":\n x}"), &[]).unwrap_err();
        assert!(
            error.starts_with("`--input` is not JSON: ") && error.ends_with("at line 2 column 2"),
            "{error}"
        );
        assert_eq!(
            input(Some("[1]"), &[]).unwrap_err(),
            "`--input` must be a JSON object of parameters, not an array"
        );
        assert!(
            input(Some("@/no/such/file"), &[])
                .unwrap_err()
                .contains("can't be read from `/no/such/file`")
        );
    }
}
