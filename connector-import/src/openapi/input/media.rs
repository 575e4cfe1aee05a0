//! Content types of bodies.

use plugwright_sdk::Value;

use crate::form::BodyEncoding;
use crate::openapi::security::is_token;

/// Says how a content type is written, and how much it is preferred, less being more.
pub(super) fn encoding(name: &str, schema: Option<&Value>) -> Option<(u8, BodyEncoding, String)> {
    let plain = name
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    let is_text = schema.is_some_and(|schema| schema["type"] == "string");
    let is_binary = schema.is_none_or(|schema| {
        schema.as_object().is_some_and(serde_json::Map::is_empty)
            || schema["format"] == "binary"
            || schema["type"] == "file"
    });
    Some(match plain.as_str() {
        "application/json" => (0, BodyEncoding::Json, "application/json".to_owned()),
        json if json.ends_with("+json") && is_media_type(json) => {
            (patch(json, schema), BodyEncoding::Json, json.to_owned())
        }
        "text/json" | "application/x-json" => (1, BodyEncoding::Json, plain),
        "application/x-www-form-urlencoded" => (2, BodyEncoding::Form, plain),
        "multipart/form-data" => (3, BodyEncoding::Multipart, plain),
        "multipart/related" => (4, BodyEncoding::Related, plain),
        "*/*" | "application/*" | "" => match (is_binary, is_text) {
            (true, _) => (
                5,
                BodyEncoding::Binary,
                "application/octet-stream".to_owned(),
            ),
            (_, true) => (5, BodyEncoding::Text, "text/plain".to_owned()),
            _ => (4, BodyEncoding::Json, "application/json".to_owned()),
        },
        text if (text.starts_with("text/") || text.ends_with("xml")) && is_media_type(text) => {
            (6, BodyEncoding::Text, text.to_owned())
        }
        "application/x-ndjson"
        | "application/jsonl"
        | "application/graphql"
        | "application/yaml"
        | "application/x-yaml"
        | "application/sql" => (6, BodyEncoding::Text, plain),
        other if other.starts_with("multipart/") => return None,
        other if is_media_type(other) => (7, BodyEncoding::Binary, other.to_owned()),
        other if other.ends_with("/*") => (
            8,
            BodyEncoding::Binary,
            "application/octet-stream".to_owned(),
        ),
        _ => return None,
    })
}

/// Says how much a content type of JSON is preferred. Of those for patches, one takes a list of changes
/// (RFC 6902), and the others take what is to be, a part of the thing itself.
fn patch(json: &str, schema: Option<&Value>) -> u8 {
    let is_list =
        schema.is_some_and(|schema| schema["type"] == "array" || schema.get("items").is_some());
    match json {
        "application/json-patch+json" if is_list => 1,
        "application/json-patch+json" => 4,
        "application/merge-patch+json" if is_list => 2,
        "application/strategic-merge-patch+json" => 2,
        _ => 1,
    }
}

/// Returns the media type that a part of a form has, if its encoding states just one.
pub(super) fn of_part(encoding: &Value) -> Option<String> {
    let stated = encoding.get("contentType")?.as_str()?.trim();
    let plain = stated.split(';').next().unwrap_or_default().trim_end();
    let is_shown = stated.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    (is_media_type(plain) && is_shown && !stated.contains(',')).then(|| stated.to_owned())
}

/// Returns the content type that the encoding of a member states, if objects can't be written so.
pub(super) fn unwritten(encoding: &Value) -> Option<&str> {
    let stated = encoding.get("contentType")?.as_str()?;
    let plain = stated.to_ascii_lowercase();
    let is_written = ["json", "*", "text/plain", "octet-stream"]
        .iter()
        .any(|kind| plain.contains(kind));
    (!is_written).then_some(stated)
}

fn is_media_type(text: &str) -> bool {
    text.split_once('/').is_some_and(|(kind, sub)| {
        is_token(kind) && is_token(sub) && !sub.contains('*') && !kind.contains('*')
    })
}
