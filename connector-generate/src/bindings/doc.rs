//! Documentation of members, for both languages.

use plugwright_sdk::Value;
use plugwright_sdk::reading::is_hidden;

use crate::shape::capital;

/// Returns the paragraphs about a member: its description, and what else a caller should know.
pub(super) fn paragraphs(schema: &Value) -> Vec<String> {
    let text = schema.get("description").and_then(Value::as_str);
    let text = text.into_iter().flat_map(|text| text.split("\n\n"));
    let mut paragraphs: Vec<String> = text
        .map(|paragraph| paragraph.trim().to_owned())
        .filter(|paragraph| !paragraph.is_empty())
        .collect();
    let limits: Vec<_> = LIMITS
        .iter()
        .filter_map(|(keyword, words)| Some(format!("{words} {}", value(schema.get(keyword)?)?)))
        .collect();
    if !limits.is_empty() {
        paragraphs.push(format!("{}.", capital(&limits.join(", "))));
    }
    let default = schema.get("default").filter(|default| !default.is_null());
    if let Some(default) = default.and_then(value) {
        paragraphs.push(format!("Default: {default}."));
    }
    paragraphs
}

const LIMITS: [(&str, &str); 9] = [
    ("minimum", "at least"),
    ("exclusiveMinimum", "more than"),
    ("maximum", "at most"),
    ("exclusiveMaximum", "less than"),
    ("minLength", "length at least"),
    ("maxLength", "length at most"),
    ("minItems", "items at least"),
    ("maxItems", "items at most"),
    ("pattern", "matches"),
];

fn value(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let fits = !text.is_empty() && text.len() <= 200 && !text.contains(['\n', '`']);
    fits.then(|| format!("`{text}`"))
}

pub(super) fn is_deprecated(schema: &Value) -> bool {
    schema.get("deprecated") == Some(&Value::Bool(true))
}

pub(super) fn lines(paragraphs: &[String]) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in paragraphs {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.extend(
            paragraph
                .lines()
                .map(|line| plain(line).trim_end().to_owned()),
        );
    }
    lines
}

/// Writes a text as a line of a comment: what would end it, or hide what it says, becomes a blank.
pub(super) fn plain(text: &str) -> String {
    text.replace(is_hidden, " ")
}
