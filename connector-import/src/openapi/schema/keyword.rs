//! The keywords of one schema, read with patience.

use std::collections::HashMap;

use plugwright_sdk::host::word_list;
use plugwright_sdk::{Value, json};
use regex::RegexBuilder;
use serde_json::Map;

use crate::media::Content;

#[derive(Default)]
pub(super) struct Kinds {
    names: Vec<&'static str>,
    pub(super) nullable: bool,
    only_null: bool,
    pub(super) is_file: bool,
    pub(super) notes: Vec<String>,
}

impl Kinds {
    pub(super) fn has(&self, name: &str) -> bool {
        self.names.contains(&name)
    }

    pub(super) fn is_stated(&self) -> bool {
        !self.names.is_empty() || self.only_null
    }

    pub(super) fn to_value(&self) -> Option<Value> {
        let mut names = self.names.clone();
        if self.nullable && !names.is_empty() {
            names.push("null");
        }
        match names.as_slice() {
            [] => self.only_null.then(|| "null".into()),
            [one] => Some((*one).into()),
            many => Some(json!(many)),
        }
    }

    pub(super) fn fits(&self, value: &Value) -> bool {
        if !self.is_stated() {
            return true;
        }
        match value {
            Value::Null => self.nullable,
            Value::Bool(_) => self.has("boolean"),
            Value::Number(number) => {
                self.has("number")
                    || (self.has("integer")
                        && (number.is_i64()
                            || number.is_u64()
                            || number.as_f64().is_some_and(|float| float.fract() == 0.0)))
            }
            Value::String(_) => self.has("string"),
            Value::Array(_) => self.has("array"),
            Value::Object(_) => self.has("object"),
        }
    }

    /// Returns the allowed values that fit the types. Texts that YAML took for something else, and
    /// numbers that stand in quotes, are brought to the type.
    pub(super) fn fitting(&self, values: &[Value]) -> Vec<Value> {
        let mut kept: Vec<Value> = Vec::new();
        let mut seen = std::collections::HashSet::new();
        for value in values {
            let value = match value {
                value if self.fits(value) => value.clone(),
                Value::String(text) => match text.parse::<serde_json::Number>() {
                    Ok(number) if self.fits(&Value::Number(number.clone())) => number.into(),
                    _ => continue,
                },
                Value::Bool(_) | Value::Number(_) if self.has("string") => value.to_string().into(),
                _ => continue,
            };
            if seen.insert(value.to_string()) {
                kept.push(value);
            }
        }
        if self.nullable && self.is_stated() && !kept.is_empty() && !kept.contains(&Value::Null) {
            kept.push(Value::Null);
        }
        kept
    }
}

/// Reads the types of a schema: those that it states, or those that its keywords are about.
pub(super) fn kinds(schema: &Map<String, Value>) -> Kinds {
    let mut kinds = Kinds {
        nullable: schema.get("nullable") == Some(&Value::Bool(true))
            || schema.get("x-nullable") == Some(&Value::Bool(true)),
        ..Kinds::default()
    };
    let stated: Vec<&str> = match schema.get("type") {
        Some(Value::String(name)) => vec![name],
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    kinds.only_null = !stated.is_empty() && stated.iter().all(|name| *name == "null");
    for name in stated {
        let known = match name.to_ascii_lowercase().as_str() {
            "string" | "str" | "text" | "date" | "datetime" | "date-time" | "uuid" | "uri"
            | "url" | "email" | "char" | "enum" | "password" => "string",
            "file" | "binary" => {
                kinds.is_file = true;
                "string"
            }
            "integer" | "int" | "long" | "int32" | "int64" => "integer",
            "number" | "float" | "double" | "decimal" => "number",
            "boolean" | "bool" => "boolean",
            "array" | "list" => "array",
            "object" | "map" | "dict" | "hash" => "object",
            "null" => {
                kinds.nullable = true;
                continue;
            }
            "any" | "" => continue,
            _ => {
                let name = crate::text::quoted(name);
                kinds.notes.push(format!("{name} is not a type"));
                continue;
            }
        };
        if !kinds.names.contains(&known) {
            kinds.names.push(known);
        }
    }
    let combines = ["allOf", "anyOf", "oneOf"]
        .iter()
        .any(|keyword| schema.contains_key(*keyword));
    if kinds.names.is_empty() && !combines && !schema.contains_key("type") {
        let is_object = schema.get("properties").is_some_and(Value::is_object)
            || schema
                .get("additionalProperties")
                .is_some_and(Value::is_object);
        if is_object {
            kinds.names.push("object");
        } else if schema.get("items").is_some_and(Value::is_object) {
            kinds.names.push("array");
        }
    }
    let text = |keyword: &str| schema.get(keyword).and_then(Value::as_str);
    // Of Kubernetes: a number, or the name or share that stands for one.
    if kinds.has("string") && !kinds.has("integer") && text("format") == Some("int-or-string") {
        kinds.names.insert(0, "integer");
    }
    // Since version 3.1: the bytes themselves, as they have no encoding.
    let is_binary = !schema.contains_key("contentEncoding")
        && text("contentMediaType").is_some_and(|kind| {
            let kinds = ["image/", "audio/", "video/"];
            kind == "*/*"
                || kinds.iter().any(|own| kind.starts_with(own))
                || (kind.starts_with("application/") && Content::of(kind) == Content::Bytes)
        });
    if is_binary && !kinds.is_stated() && !combines {
        kinds.names.push("string");
    }
    if kinds.has("string") && (is_binary || matches!(text("format"), Some("binary" | "file"))) {
        kinds.is_file = true;
    }
    kinds
}

/// Returns whether a schema, which is no reference, is that of a file.
pub(in crate::openapi) fn is_file(schema: &Value) -> bool {
    schema
        .as_object()
        .is_some_and(|schema| kinds(schema).is_file)
}

/// Keywords that are not kept, and limit values.
const DROPPED: [&str; 8] = word_list(include_str!("../../../words/dropped_keywords.txt"));

pub(super) fn dropped(schema: &Map<String, Value>) -> impl Iterator<Item = &'static str> {
    let limits = |keyword: &&str| {
        let value = schema.get(*keyword);
        value.is_some_and(|value| *value != Value::Bool(true))
    };
    DROPPED.into_iter().filter(limits)
}

/// Formats that are kept: the others say nothing to a caller.
const FORMATS: &[&str] = &word_list::<14>(include_str!("../../../words/formats.txt"));

/// Copies limits that fit the types; returns what could not be kept.
pub(super) fn limits(
    schema: &Map<String, Value>,
    kinds: &Kinds,
    patterns: &mut Patterns,
    converted: &mut Map<String, Value>,
) -> Vec<String> {
    let mut notes = Vec::new();
    for name in [
        "minLength",
        "maxLength",
        "minItems",
        "maxItems",
        "minProperties",
        "maxProperties",
    ] {
        if let Some(number) = schema.get(name).and_then(whole) {
            converted.insert(name.into(), number.into());
        }
    }
    for (least, most) in [
        ("minLength", "maxLength"),
        ("minItems", "maxItems"),
        ("minProperties", "maxProperties"),
    ] {
        let number = |name: &str| converted.get(name).and_then(Value::as_u64);
        if let (Some(low), Some(high)) = (number(least), number(most))
            && low > high
        {
            converted.remove(least);
            converted.remove(most);
            notes.push(format!("`{least}` is more than `{most}`"));
        }
    }
    for (limit, exclusive) in [
        ("minimum", "exclusiveMinimum"),
        ("maximum", "exclusiveMaximum"),
    ] {
        let bound = schema.get(limit).filter(|value| value.is_number());
        match (bound, schema.get(exclusive)) {
            (Some(bound), Some(Value::Bool(true))) => {
                converted.insert(exclusive.into(), bound.clone());
            }
            (bound, other) => {
                if let Some(bound) = bound {
                    converted.insert(limit.into(), bound.clone());
                }
                if let Some(other @ Value::Number(_)) = other {
                    converted.insert(exclusive.into(), other.clone());
                }
            }
        }
    }
    if let Some(step) = schema.get("multipleOf").and_then(Value::as_f64)
        && step > 0.0
    {
        converted.insert("multipleOf".into(), schema["multipleOf"].clone());
    }
    if schema.get("uniqueItems") == Some(&Value::Bool(true)) {
        converted.insert("uniqueItems".into(), true.into());
    }
    if let Some(pattern) = schema.get("pattern").and_then(Value::as_str) {
        if patterns.is_usable(pattern) {
            converted.insert("pattern".into(), pattern.into());
        } else {
            notes.push("a pattern can't be used".to_owned());
        }
    }
    if let Some(format) = schema.get("format").and_then(Value::as_str)
        && FORMATS.contains(&format)
        && (kinds.has("string") || !kinds.is_stated())
    {
        converted.insert("format".into(), format.into());
    }
    notes
}

fn whole(value: &Value) -> Option<u64> {
    let float = value
        .as_f64()
        .filter(|float| *float >= 0.0 && float.fract() == 0.0);
    value.as_u64().or_else(|| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is whole, not negative, and saturates"
        )]
        float.map(|float| float as u64)
    })
}

#[derive(Default)]
pub(super) struct Patterns {
    known: HashMap<String, bool>,
    /// How many take more memory than most do.
    large: usize,
    /// About so many bytes were compiled.
    compiled: usize,
}

impl Patterns {
    /// Returns whether a pattern can be matched in linear time, and compiled at little cost.
    pub(super) fn is_usable(&mut self, pattern: &str) -> bool {
        const LONGEST: usize = 2000;
        const MOST: usize = 2000;
        const USUAL_SIZE: usize = 256 << 10;
        const MOST_LARGE: usize = 64;
        const MOST_BYTES: usize = 64 << 20;
        const SMALL_SIZE: usize = 16 << 10;
        if let Some(known) = self.known.get(pattern) {
            return *known;
        }
        if pattern.len() > LONGEST || self.known.len() >= MOST {
            return false;
        }
        let is_spent = self.compiled > MOST_BYTES;
        // What does not fit takes as much time as what does.
        let mut fits = |size: usize| {
            let is_one = RegexBuilder::new(pattern).size_limit(size).build().is_ok();
            self.compiled += if is_one { size / 8 } else { size };
            is_one
        };
        let is_usable = fits(if is_spent { SMALL_SIZE } else { USUAL_SIZE })
            || (!is_spent && self.large < MOST_LARGE && {
                self.large += 1;
                fits(crate::action::PATTERN_SIZE)
            });
        self.known.insert(pattern.to_owned(), is_usable);
        is_usable
    }
}

/// Returns whether two of several alternatives surely overlap: they are the same, one takes anything,
/// or one takes integers and one numbers. What there is beside null often takes null too.
pub(super) fn overlap(parts: &[Value]) -> bool {
    let is_plain = |part: &Value, name: &str| {
        part["type"] == name && part.get("enum").is_none() && part.get("format").is_none()
    };
    let any = |name: &str| parts.iter().any(|part| is_plain(part, name));
    let same = parts
        .iter()
        .enumerate()
        .any(|(index, part)| index > 0 && parts[..index].contains(part));
    let takes_anything = |part: &Value| {
        part.as_object()
            .is_some_and(|part| part.keys().all(|name| name == "description"))
    };
    let string = any("string") && parts.iter().filter(|part| part["type"] == "string").count() > 1;
    let or_null = parts.len() == 2 && any("null");
    same || or_null
        || string
        || (any("integer") && any("number"))
        || parts.iter().any(takes_anything)
}

pub(super) fn excludes_null(converted: &Map<String, Value>) -> bool {
    ["$ref", "allOf", "anyOf", "oneOf", "enum"]
        .iter()
        .any(|keyword| converted.contains_key(*keyword))
}

pub(super) fn or_null(mut converted: Value) -> Value {
    let marks: Vec<_> = super::SIDES
        .iter()
        .filter_map(|flag| converted.as_object_mut()?.shift_remove_entry(*flag))
        .collect();
    let mut either = json!({ "anyOf": [converted, { "type": "null" }] });
    for (flag, mark) in marks {
        either[flag] = mark;
    }
    either
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_that_do_not_fit_are_tried_for_a_while_only() {
        let mut patterns = Patterns::default();
        assert!(patterns.is_usable("^[a-z]{1,64}$"));
        let hostile = |index: usize| format!(r"[\p{{L}}\p{{N}}]{{0,{}}}", 900 + index);
        assert!(!patterns.is_usable(&hostile(0)));
        assert!((2 << 20..3 << 20).contains(&patterns.compiled));
        patterns.compiled = 100 << 20;
        let large = patterns.large;
        assert!(!patterns.is_usable(&hostile(1)) && patterns.large == large);
        // Small ones are still kept.
        assert!(patterns.is_usable("^[a-z]{1,63}$"));
    }
}
