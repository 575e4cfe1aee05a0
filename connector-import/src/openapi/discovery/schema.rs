//! Schemas of Discovery documents.

use plugwright_sdk::reading::value::items;
use plugwright_sdk::schema::pointer::escape;
use plugwright_sdk::{Value, json};
use serde_json::Map;

const MOST_MEANINGS: usize = 40;

pub(super) fn schema(part: &Value) -> Value {
    let Some(part) = part.as_object() else {
        return json!({});
    };
    let mut made = Map::new();
    if let Some(name) = part.get("$ref").and_then(Value::as_str) {
        let name = escape(name).replace('%', "%25");
        made.insert("$ref".into(), format!("#/components/schemas/{name}").into());
    }
    let description = described(part);
    if !description.is_empty() {
        made.insert("description".into(), description.into());
    }
    let kind = part.get("type").and_then(Value::as_str).unwrap_or("any");
    if kind != "any" {
        made.insert("type".into(), kind.into());
    }
    for key in ["enum", "pattern", "readOnly", "deprecated"] {
        if let Some(value) = part.get(key) {
            made.insert(key.into(), value.clone());
        }
    }
    if let Some(members) = part.get("properties").and_then(Value::as_object) {
        let members = members.iter();
        let members: Map<_, _> = members
            .map(|(name, part)| (name.clone(), schema(part)))
            .collect();
        made.insert("properties".into(), members.into());
    }
    for key in ["items", "additionalProperties"] {
        if let Some(inner) = part.get(key).filter(|inner| inner.is_object()) {
            made.insert(key.into(), schema(inner));
        }
    }
    for key in ["default", "minimum", "maximum"] {
        let value = part.get(key).and_then(|value| typed(value, kind));
        let is_limit = key != "default";
        if let Some(value) = value.filter(|value| value.is_number() || !is_limit) {
            made.insert(key.into(), value);
        }
    }
    if let Some(format) = part.get("format").and_then(Value::as_str) {
        formatted(format, &mut made);
    }
    made.into()
}

/// Writes what a format means: numbers of 64 bits are texts.
fn formatted(format: &str, made: &mut Map<String, Value>) {
    let kind = made.get("type").and_then(Value::as_str);
    let (key, value): (_, Value) = match (kind, format) {
        (Some("string"), "int64") => ("pattern", "^-?[0-9]+$".into()),
        (Some("string"), "uint64") => ("pattern", "^[0-9]+$".into()),
        (Some("string"), "google-duration") => ("pattern", r"^-?[0-9]+(\.[0-9]{1,9})?s$".into()),
        (Some("integer"), "uint32") => ("minimum", 0.into()),
        (_, "google-datetime") => ("format", "date-time".into()),
        (_, "byte" | "date" | "date-time") => ("format", format.into()),
        _ => return,
    };
    made.entry(key).or_insert(value);
}

/// Reads a value that stands in quotes whatever its type.
fn typed(value: &Value, kind: &str) -> Option<Value> {
    let Value::String(text) = value else {
        return Some(value.clone());
    };
    match kind {
        "boolean" => text.parse::<bool>().ok().map(Value::from),
        "integer" => text.parse::<i64>().ok().map(Value::from),
        "number" => text.parse::<f64>().ok().map(Value::from),
        _ => (!text.is_empty()).then(|| value.clone()),
    }
}

/// Returns the description, with what the allowed values mean.
fn described(part: &Map<String, Value>) -> String {
    let description = part.get("description").and_then(Value::as_str);
    let description = description.unwrap_or_default().trim();
    let list = |key: &str| items(part.get(key)).take(MOST_MEANINGS);
    let meanings = list("enum").zip(list("enumDescriptions"));
    let meanings = meanings.filter_map(|(value, text)| {
        let text = text.as_str()?.trim().trim_end_matches('.');
        (!text.is_empty()).then(|| format!("{}: {text}.", value.as_str().unwrap_or_default()))
    });
    let mut whole = description.to_owned();
    for meaning in meanings {
        if !whole.is_empty() {
            let end = if whole.ends_with(['.', ':', '!', '?']) {
                " "
            } else {
                ". "
            };
            whole.push_str(end);
        }
        whole.push_str(&meaning);
    }
    whole
}
