//! Bodies of requests.

use plugwright_sdk::{Value, json};
use serde_json::Map;

use super::sample::{schema_of, scrubbed};
use super::{described, entries};
use crate::text::scalar;

/// A variable has no longer name, in bytes.
const LONGEST_NAME: usize = 200;

pub(super) fn converted(body: &Value, media_type: Option<&str>) -> Option<Value> {
    if body.get("disabled") == Some(&Value::Bool(true)) {
        return None;
    }
    let mode = body.get("mode")?.as_str()?;
    let content = match mode {
        "raw" => raw(body, media_type)?,
        "urlencoded" => form(body.get(mode), "application/x-www-form-urlencoded"),
        "formdata" => form(body.get(mode), "multipart/form-data"),
        "file" => {
            let media_type = media_type.filter(|it| !it.contains("{{")).unwrap_or("*/*");
            json!({ media_type: { "schema": { "type": "string", "format": "binary" } } })
        }
        _ => return None,
    };
    Some(json!({ "required": true, "content": content }))
}

fn raw(body: &Value, media_type: Option<&str>) -> Option<Value> {
    let raw = body.get("raw").and_then(Value::as_str)?;
    let language = body
        .pointer("/options/raw/language")
        .and_then(Value::as_str);
    let is_json = media_type.is_none_or(|kind| kind.contains("json"))
        && matches!(language, None | Some("json" | "text"));
    if raw.trim().is_empty() && media_type.is_none() && language.is_none() {
        return None;
    }
    let parsed = serde_json::from_str::<Value>(&with_quotes(raw)).ok();
    if let Some(value) = parsed.filter(|value| is_json && (value.is_object() || value.is_array())) {
        let kind = media_type.filter(|kind| !kind.contains("{{"));
        let mut content = json!({ "schema": schema_of(&value) });
        if !raw.contains("{{") {
            content["example"] = scrubbed(value);
        }
        return Some(json!({ kind.unwrap_or("application/json"): content }));
    }
    let of_language = match language {
        Some("json") => "application/json",
        Some("xml") => "application/xml",
        Some("html") => "text/html",
        Some("javascript") => "application/javascript",
        _ => "text/plain",
    };
    let kind = media_type
        .filter(|kind| !kind.contains("{{"))
        .unwrap_or(of_language);
    let schema = if kind.contains("json") {
        json!({})
    } else {
        json!({ "type": "string" })
    };
    Some(json!({ kind: { "schema": schema } }))
}

/// Puts variables of JSON that are not in quotes into quotes.
pub(super) fn with_quotes(text: &str) -> String {
    let mut made = String::with_capacity(text.len() + 64);
    let (mut in_string, mut is_escaped) = (false, false);
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        if !in_string
            && rest.starts_with("{{")
            && let Some(end) = rest[..rest.floor_char_boundary(LONGEST_NAME)].find("}}")
            && !rest[2..end].contains(['"', '{', '\n'])
        {
            // The mark that stands before a value of any type, escaped as JSON has it.
            made.push_str("\"\\u0001");
            made.push_str(&rest[2..end].replace('\\', ""));
            made.push('"');
            rest = &rest[end + 2..];
            continue;
        }
        match letter {
            _ if is_escaped => is_escaped = false,
            '\\' if in_string => is_escaped = true,
            '"' => in_string = !in_string,
            _ => {}
        }
        made.push(letter);
        rest = &rest[letter.len_utf8()..];
    }
    made
}

fn form(list: Option<&Value>, media_type: &str) -> Value {
    let mut members = Map::new();
    let mut shown = Map::new();
    for (name, entry) in entries(list) {
        let is_file = entry.get("type").and_then(Value::as_str) == Some("file");
        let mut schema = json!({ "type": "string", "description": described(Some(entry)) });
        if is_file {
            schema["format"] = "binary".into();
        }
        let value = entry.get("value").and_then(scalar).unwrap_or_default();
        let value = (!is_file && !value.is_empty() && !value.contains("{{")).then_some(value);
        if let Some(known) = members.get_mut(name) {
            again(known, shown.get_mut(name), value);
            continue;
        }
        shown.extend(value.map(|value| (name.to_owned(), value.into())));
        members.insert(name.to_owned(), schema);
    }
    let schema = json!({ "type": "object", "properties": members });
    json!({ media_type: { "schema": schema, "example": scrubbed(shown.into()) } })
}

/// Makes a list of what is there a second time.
fn again(known: &mut Value, shown: Option<&mut Value>, value: Option<String>) {
    if known["type"] != "array" {
        *known = json!({ "type": "array", "items": known.take() });
    }
    if let (Some(shown), Some(value)) = (shown, value) {
        match shown {
            Value::Array(values) => values.push(value.into()),
            first => *first = json!([first.take(), value]),
        }
    }
}
