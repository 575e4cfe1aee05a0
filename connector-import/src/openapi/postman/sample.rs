//! Schemas of values that a collection shows.

use plugwright_sdk::{Value, json};
use serde_json::Map;

use super::auth::is_secret;

const MOST_ITEMS: usize = 5;

/// An unquoted variable of JSON, which may be of any type, begins with this.
const ANY: &str = "\u{1}";

pub(super) fn schema_of(value: &Value) -> Value {
    match value {
        Value::Null => json!({}),
        Value::Bool(_) => json!({ "type": "boolean" }),
        Value::Number(number) if number.is_f64() => json!({ "type": "number" }),
        Value::Number(_) => json!({ "type": "integer" }),
        Value::String(text) if text.starts_with(ANY) => json!({}),
        Value::String(_) => json!({ "type": "string" }),
        Value::Array(items) => {
            let schemas = items.iter().take(MOST_ITEMS).map(schema_of);
            let items = schemas
                .reduce(|one, other| merged(one, &other))
                .unwrap_or_else(|| json!({}));
            json!({ "type": "array", "items": items })
        }
        Value::Object(members) => {
            let members: Map<String, Value> = members
                .iter()
                .map(|(name, value)| (name.clone(), schema_of(value)))
                .collect();
            json!({ "type": "object", "properties": members })
        }
    }
}

fn merged(one: Value, other: &Value) -> Value {
    match (one["type"].as_str(), other["type"].as_str()) {
        (Some("object"), Some("object")) => {
            let mut one = one;
            let (Value::Object(own), Value::Object(others)) =
                (one["properties"].take(), other["properties"].clone())
            else {
                return json!({ "type": "object" });
            };
            let mut members = own;
            for (name, schema) in others {
                let known = members.remove(&name);
                let schema = match known {
                    Some(known) => merged(known, &schema),
                    None => schema,
                };
                members.insert(name, schema);
            }
            one["properties"] = members.into();
            one
        }
        (Some("array"), Some("array")) => {
            let items = merged(one["items"].clone(), &other["items"]);
            json!({ "type": "array", "items": items })
        }
        (Some("integer" | "number"), Some("integer" | "number")) if one != *other => {
            json!({ "type": "number" })
        }
        _ if one == *other => one,
        _ => json!({}),
    }
}

pub(super) fn scrubbed(value: Value) -> Value {
    match value {
        Value::Object(members) => members
            .into_iter()
            .filter(|(name, member)| !(is_secret(name) && member.is_string()))
            .map(|(name, member)| (name, scrubbed(member)))
            .collect::<Map<_, _>>()
            .into(),
        Value::Array(items) => items.into_iter().map(scrubbed).collect(),
        other => other,
    }
}
