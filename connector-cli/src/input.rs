//! The input of a run: `--input` and NAME=VALUE, typed and validated by the action.

use std::io::Read as _;

use plugwright_sdk::host::coerce::{self, Coerced};
use plugwright_sdk::{Action, ActionError};
use serde_json::{Map, Value};

use crate::args::Assignment;

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

/// Builds the input, with types from the schema.
pub(crate) fn typed(
    schema: &Value,
    document: Option<&str>,
    assignments: &[Assignment],
) -> Result<Coerced, ActionError> {
    let mut members = match document {
        Some(source) => object(&text(source)?)?,
        None => Map::new(),
    };
    let texts = assignments
        .iter()
        .filter_map(|assignment| match assignment {
            Assignment::Text { name, text } => Some((name.as_str(), text.as_str())),
            Assignment::Json { .. } => None,
        });
    let mut coerced = coerce::object(schema, texts);
    members.append(&mut coerced.members);
    for assignment in assignments {
        if let Assignment::Json { name, value } = assignment {
            members.insert(name.clone(), value.clone());
        }
    }
    coerced.members = members;
    Ok(coerced)
}

fn text(source: &str) -> Result<String, ActionError> {
    let refused = |from: &str, error: std::io::Error| {
        ActionError::invalid_param("input", format!("can't be read from {from}: {error}"))
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
                "input",
                format!("is not JSON: {error}"),
            ));
        }
    };
    Err(ActionError::invalid_param(
        "input",
        format!("must be a JSON object of parameters, not {kind}"),
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

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
            error.starts_with("`input` is not JSON: ") && error.ends_with("at line 2 column 2"),
            "{error}"
        );
        assert_eq!(
            input(Some("[1]"), &[]).unwrap_err(),
            "`input` must be a JSON object of parameters, not an array"
        );
        assert!(
            input(Some("@/no/such/file"), &[])
                .unwrap_err()
                .contains("can't be read from `/no/such/file`")
        );
    }
}
