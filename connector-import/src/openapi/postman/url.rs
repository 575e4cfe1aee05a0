//! URLs of requests, with variables as `{{name}}` and path parameters as `:name`.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;
use plugwright_sdk::{Value, json};

use super::{described, entries};
use crate::openapi::input::placeholders;
use crate::text::scalar;

const DEEPEST: usize = 5;

/// No address is longer, in bytes.
const LONGEST: usize = 4000;

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Address {
    /// What stands before the path.
    pub(super) base: String,
    pub(super) path: String,
    /// What a URL without parts has after the question mark.
    query: Vec<(String, String)>,
}

impl Address {
    pub(super) fn of(url: &Value, variables: &BTreeMap<&str, String>) -> Self {
        let has_parts = url.get("host").is_some() || url.get("path").is_some();
        let (base, path, query) = if has_parts {
            (base(url), segments(url.get("path"), "/"), Vec::new())
        } else {
            let raw = url.as_str().or_else(|| url.get("raw")?.as_str());
            split(raw.unwrap_or_default())
        };
        let base = filled(&base, variables);
        let is_local = ["localhost", "127.0.0.1"]
            .iter()
            .any(|host| base.starts_with(host));
        let base = match base.as_str() {
            known if known.contains("://") || known.starts_with("{{") || known.is_empty() => base,
            // What would go over the net unencrypted goes encrypted.
            _ if is_local => format!("http://{base}"),
            _ => format!("https://{base}"),
        };
        let path: Vec<String> = path.split('/').map(segment).collect();
        Self {
            base: base.trim_end_matches('/').to_owned(),
            path: format!("/{}", path.join("/").trim_start_matches('/')),
            query,
        }
    }
}

/// Puts together what stands before the path.
fn base(url: &Value) -> String {
    let host = segments(url.get("host"), ".");
    let protocol = url.get("protocol").and_then(Value::as_str);
    let protocol = protocol
        .map(|it| it.trim_end_matches("://"))
        .filter(|it| !it.is_empty());
    let port = url
        .get("port")
        .and_then(scalar)
        .filter(|port| !port.is_empty());
    let mut base = match protocol {
        Some(protocol) if !host.contains("://") => format!("{protocol}://{host}"),
        _ => host,
    };
    if let Some(port) = port {
        base = format!("{base}:{port}");
    }
    base
}

/// Joins what is a list or one text.
fn segments(part: Option<&Value>, separator: &str) -> String {
    match part {
        Some(Value::Array(parts)) => {
            // A part may be an object with a value.
            let parts = parts
                .iter()
                .filter_map(|part| scalar(part).or_else(|| part.get("value").and_then(scalar)));
            parts.collect::<Vec<_>>().join(separator)
        }
        Some(part) => scalar(part).unwrap_or_default(),
        None => String::new(),
    }
}

fn split(raw: &str) -> (String, String, Vec<(String, String)>) {
    let raw = &raw[..raw.floor_char_boundary(LONGEST)];
    let raw = raw.split('#').next().unwrap_or_default();
    let (address, query) = raw.split_once('?').unwrap_or((raw, ""));
    let host = address.find("://").map_or(0, |at| at + 3);
    let slash = address[host..]
        .find('/')
        .map_or(address.len(), |at| host + at);
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let pairs = pairs.map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (name.to_owned(), value.to_owned())
    });
    (
        address[..slash].to_owned(),
        address[slash..].to_owned(),
        pairs.collect(),
    )
}

/// Writes a segment with the names of parameters in braces.
fn segment(part: &str) -> String {
    if let Some(name) = part.strip_prefix(':').filter(|name| !name.is_empty()) {
        let end =
            name.find(|letter: char| !letter.is_alphanumeric() && letter != '_' && letter != '-');
        let (name, rest) = name.split_at(end.unwrap_or(name.len()));
        if !name.is_empty() {
            return format!("{{{name}}}{}", segment(rest));
        }
    }
    part.replace("{{", "{").replace("}}", "}")
}

/// Puts the values of variables into a text; it stays as it is if it would be too long.
pub(super) fn filled(text: &str, variables: &BTreeMap<&str, String>) -> String {
    let mut filled = text.to_owned();
    for _ in 0..DEEPEST {
        let mut next = String::new();
        let mut rest = filled.as_str();
        let mut is_known = false;
        while let Some((before, after)) = rest.split_once("{{") {
            next.push_str(before);
            let name = after.split_once("}}").map(|(name, _)| name);
            match name.and_then(|name| Some((name, variables.get(name)?))) {
                Some((name, value)) => {
                    is_known = true;
                    next.push_str(value);
                    rest = &after[name.len() + 2..];
                }
                None => {
                    next.push_str("{{");
                    rest = after;
                }
            }
            if next.len() > LONGEST {
                return text.to_owned();
            }
        }
        if !is_known {
            break;
        }
        next.push_str(rest);
        filled = next;
    }
    filled
}

pub(super) fn marks(text: &str) -> impl Iterator<Item = &str> {
    let parts = text.split("{{").skip(1);
    parts
        .filter_map(|part| part.split_once("}}"))
        .map(|(name, _)| name)
}

pub(super) fn without_marks(text: &str) -> String {
    text.replace("{{", "").replace("}}", "")
}

pub(super) fn parameters(address: &Address, url: Option<&Value>) -> Vec<Value> {
    let url = url.unwrap_or(&Value::Null);
    let known: BTreeMap<&str, &Value> = entries(url.get("variable")).collect();
    let mut made: Vec<Value> = Vec::new();
    for name in placeholders(&address.path) {
        if made.iter().any(|other| other["name"] == name) {
            continue;
        }
        let about = known.get(name).copied();
        let mut parameter = json!({
            "name": name, "in": "path", "required": true, "description": described(about),
            "schema": { "type": "string" },
        });
        let shown = about.and_then(|about| scalar(about.get("value")?));
        if let Some(shown) = shown.filter(|shown| is_shown(shown)) {
            parameter["example"] = shown.into();
        }
        made.push(parameter);
    }
    let listed = entries(url.get("query")).map(|(name, about)| {
        let value = about.get("value").and_then(scalar).unwrap_or_default();
        (name, value, described(Some(about)))
    });
    let raw = address.query.iter();
    let raw = raw.map(|(name, value)| (name.as_str(), value.clone(), ""));
    for (name, value, description) in listed.chain(raw) {
        query(&mut made, name, &value, description);
    }
    made
}

/// Adds a parameter of the query; one that is there twice takes a list.
fn query(made: &mut Vec<Value>, name: &str, value: &str, description: &str) {
    // What is encoded already stays as it is when it is sent.
    let value = percent_decode_str(value).decode_utf8_lossy();
    let value = value.as_ref();
    let is_same = |other: &&mut Value| other["in"] == "query" && other["name"] == name;
    if let Some(other) = made.iter_mut().find(is_same) {
        if other["schema"]["type"] != "array" {
            let first = other.get("example").cloned();
            other["schema"] = json!({ "type": "array", "items": { "type": "string" } });
            other["example"] = first.map(as_text).into_iter().collect();
        }
        if let Some(shown) = other["example"].as_array_mut().filter(|_| is_shown(value)) {
            shown.push(value.into());
        }
        return;
    }
    let number = value
        .parse::<u32>()
        .ok()
        .filter(|number| number.to_string() == value);
    let mut parameter = json!({
        "name": name, "in": "query", "description": description,
        "schema": { "type": if number.is_some() { json!(["integer", "string"]) } else { json!("string") } },
    });
    if is_shown(value) {
        parameter["example"] = number.map_or_else(|| value.into(), Value::from);
    }
    made.push(parameter);
}

fn as_text(value: Value) -> Value {
    match value {
        Value::Number(number) => number.to_string().into(),
        other => other,
    }
}

fn is_shown(value: &str) -> bool {
    !value.is_empty() && !value.contains("{{")
}
