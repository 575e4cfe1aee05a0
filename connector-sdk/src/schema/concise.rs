//! The smallest schema that lets a model call an action.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use super::{Holds, pointer};
use crate::text::word_list;

/// Longer descriptions are shortened.
const DESCRIPTION: usize = 160;

/// What stands within so many schemas is not replaced by its definition: readers of JSON go only so deep.
const DEEPEST: usize = 32;

/// Keywords that say nothing of which values are valid, and little that helps to choose one.
const ANNOTATIONS: [&str; 9] = word_list(include_str!("../../words/annotation_keywords.txt"));

const PLACE: &str = "#/$defs/";

/// Returns a shorter schema that allows no value which `schema` does not allow.
///
/// Descriptions are shortened, and annotations and unused definitions left out; a definition that is used
/// once stands where it is used. Optional members of the root that are deprecated are left out if
/// unknown members are not allowed.
///
/// ```
/// use plugwright_sdk::json;
/// use plugwright_sdk::schema::concise;
///
/// let schema = json!({
///     "type": "object",
///     "title": "Input",
///     "properties": { "size": { "$ref": "#/$defs/Size" } },
///     "$defs": { "Size": { "enum": ["s", "l"] }, "Other": { "type": "string" } },
/// });
/// let expected = json!({ "type": "object", "properties": { "size": { "enum": ["s", "l"] } } });
/// assert_eq!(concise(&schema), expected);
/// ```
pub fn concise(schema: &Value) -> Value {
    let Some(members) = schema.as_object() else {
        return schema.clone();
    };
    let none = Map::new();
    let definitions = members.get("$defs").and_then(Value::as_object);
    let uses = Uses::of(members, definitions.unwrap_or(&none));
    let mut root: Map<String, Value> = members
        .iter()
        .filter(|(keyword, _)| *keyword != "$defs")
        .map(|(keyword, part)| (keyword.clone(), part.clone()))
        .collect();
    leave_out_deprecated(&mut root);
    let mut short = uses.shortened(&root, 0);
    let mut kept: Map<String, Value> = Map::new();
    let mut waiting = Vec::new();
    references(&short, &mut waiting);
    while let Some(name) = waiting.pop() {
        if kept.contains_key(&name) {
            continue;
        }
        if let Some(definition) = uses.definitions.get(&name) {
            let definition = uses.schema(definition, 0);
            if let Value::Object(members) = &definition {
                references(members, &mut waiting);
            }
            kept.insert(name, definition);
        }
    }
    if !kept.is_empty() {
        kept.sort_keys();
        short.insert("$defs".to_owned(), kept.into());
    }
    short.into()
}

fn references(schema: &Map<String, Value>, found: &mut Vec<String>) {
    found.extend(target(schema).map(|(name, _)| name));
    let mut waiting: Vec<&Value> = schema.values().collect();
    while let Some(part) = waiting.pop() {
        match part {
            Value::Object(members) => {
                found.extend(target(members).map(|(name, _)| name));
                waiting.extend(members.values());
            }
            Value::Array(items) => waiting.extend(items),
            _ => {}
        }
    }
}

fn leave_out_deprecated(root: &mut Map<String, Value>) {
    if root.get("additionalProperties") != Some(&Value::Bool(false)) {
        return;
    }
    // Rules over several members may name them.
    let is_rule = |keyword: &str| {
        Holds::of(keyword) == Some(Holds::List)
            || matches!(
                keyword,
                "dependentRequired" | "dependentSchemas" | "if" | "not"
            )
    };
    if root.keys().any(|keyword| is_rule(keyword)) {
        return;
    }
    let required = root.get("required").cloned().unwrap_or_default();
    let is_required = |name: &str| {
        required
            .as_array()
            .is_some_and(|required| required.iter().any(|known| known == name))
    };
    if let Some(Value::Object(properties)) = root.get_mut("properties") {
        properties.retain(|name, member| {
            is_required(name) || member.get("deprecated") != Some(&Value::Bool(true))
        });
    }
}

struct Uses<'a> {
    definitions: &'a Map<String, Value>,
    counts: BTreeMap<&'a str, usize>,
}

impl<'a> Uses<'a> {
    fn of(root: &'a Map<String, Value>, definitions: &'a Map<String, Value>) -> Self {
        let mut uses = Self {
            definitions,
            counts: BTreeMap::new(),
        };
        let mut names = Vec::new();
        let parts = root.iter().filter(|(keyword, _)| *keyword != "$defs");
        let mut waiting: Vec<&'a Value> = parts.map(|(_, part)| part).collect();
        names.extend(target(root));
        loop {
            while let Some((name, is_whole)) = names.pop() {
                if let Some((name, definition)) = definitions.get_key_value(&name) {
                    let count = uses.counts.entry(name).or_default();
                    if *count == 0 {
                        waiting.push(definition);
                    }
                    // What is referred to in part has to stay where it is.
                    *count += if is_whole { 1 } else { 2 };
                }
            }
            match waiting.pop() {
                None => return uses,
                Some(Value::Object(members)) => {
                    names.extend(target(members));
                    waiting.extend(members.values());
                }
                Some(Value::Array(items)) => waiting.extend(items),
                Some(_) => {}
            }
        }
    }

    /// Returns a definition that can stand where it is used: in one place. One within itself has another.
    fn inlined(&self, name: &str) -> Option<&'a Map<String, Value>> {
        let is_used_once = self.counts.get(name) == Some(&1);
        let definition = self.definitions.get(name)?.as_object()?;
        is_used_once.then_some(definition)
    }

    fn shortened(&self, schema: &Map<String, Value>, depth: usize) -> Map<String, Value> {
        let is_plain = |keyword: &str| matches!(keyword, "$ref" | "description" | "default");
        if depth < DEEPEST
            && let Some((name, true)) = target(schema)
            && let Some(definition) = self.inlined(&name)
            && schema.keys().all(|keyword| is_plain(keyword))
        {
            let mut whole = definition.clone();
            let own = schema.iter().filter(|(keyword, _)| *keyword != "$ref");
            whole.extend(own.map(|(keyword, part)| (keyword.clone(), part.clone())));
            return self.shortened(&whole, depth + 1);
        }
        let kept = schema
            .iter()
            .filter(|(keyword, _)| !ANNOTATIONS.contains(&keyword.as_str()));
        kept.map(|(keyword, part)| (keyword.clone(), self.part(keyword, part, depth + 1)))
            .collect()
    }

    fn part(&self, keyword: &str, part: &Value, depth: usize) -> Value {
        match (Holds::of(keyword), part) {
            (None, Value::String(text)) if keyword == "description" => shorter(text).into(),
            (Some(Holds::Schema), Value::Object(schema)) => self.shortened(schema, depth).into(),
            (Some(Holds::Named), Value::Object(schemas)) => {
                let schemas = schemas.iter();
                let schemas =
                    schemas.map(|(name, schema)| (name.clone(), self.schema(schema, depth)));
                schemas.collect::<Map<_, _>>().into()
            }
            (Some(Holds::List), Value::Array(schemas)) => {
                let schemas = schemas.iter();
                schemas.map(|schema| self.schema(schema, depth)).collect()
            }
            (_, other) => other.clone(),
        }
    }

    fn schema(&self, schema: &Value, depth: usize) -> Value {
        match schema {
            Value::Object(members) => self.shortened(members, depth).into(),
            other => other.clone(),
        }
    }
}

/// Returns the name of the definition that a schema refers to, and whether to the whole of it.
fn target(schema: &Map<String, Value>) -> Option<(String, bool)> {
    let place = schema.get("$ref")?.as_str()?.strip_prefix(PLACE)?;
    let (name, is_whole) = match place.split_once('/') {
        Some((name, _)) => (name, false),
        None => (place, true),
    };
    // The escapes of URI and JSON Pointer (RFC 6901, sections 6 and 3).
    let name = percent_decode_str(name).decode_utf8_lossy();
    Some((pointer::unescape(&name), is_whole))
}

/// Returns the sentences of a text that fit, or as many of its words.
fn shorter(text: &str) -> String {
    if text.chars().count() <= DESCRIPTION {
        return text.to_owned();
    }
    let end = text
        .char_indices()
        .nth(DESCRIPTION)
        .map_or(text.len(), |(end, _)| end);
    let head = &text[..end];
    let sentence = [". ", ".\n", ";\n", "\n\n"]
        .iter()
        .filter_map(|mark| head.rfind(mark))
        .max();
    match sentence {
        Some(end) if end > DESCRIPTION / 3 => head[..=end].trim_end().to_owned(),
        _ => {
            let words = head.rfind(char::is_whitespace).unwrap_or(head.len());
            format!("{}…", head[..words].trim_end())
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_only_explains_is_shortened_and_names_are_no_keywords() {
        let long = "A sentence that is long enough to count for something here. ".repeat(4);
        let schema = json!({
            "title": "Input", "type": "object", "additionalProperties": false,
            "properties": {
                "title": { "type": "string", "title": "Title", "description": long, "maxLength": 5 },
                "examples": { "type": "array", "items": { "type": "string", "examples": ["a"] } },
                "old": { "type": "string", "deprecated": true },
                "older": { "type": "string", "deprecated": true },
            },
            "required": ["title", "older"],
        });
        let short = concise(&schema);
        let expected = json!({
            "type": "object", "additionalProperties": false,
            "properties": {
                "title": {
                    "type": "string", "maxLength": 5,
                    "description": "A sentence that is long enough to count for something here. \
                                    A sentence that is long enough to count for something here.",
                },
                "examples": { "type": "array", "items": { "type": "string" } },
                "older": { "type": "string", "deprecated": true },
            },
            "required": ["title", "older"],
        });
        assert_eq!(short, expected);
    }

    #[test]
    fn definitions_stay_where_they_are_used_twice_or_within_themselves() {
        let schema = json!({
            "properties": {
                "a": { "$ref": "#/$defs/Twice", "description": "One." },
                "b": { "$ref": "#/$defs/Twice" },
                "c": { "$ref": "#/$defs/Tree" },
                "d": { "$ref": "#/$defs/Once", "description": "Own." },
            },
            "$defs": {
                "Twice": { "type": "string", "description": "Twice." },
                "Tree": { "type": "object", "properties": { "next": { "$ref": "#/$defs/Leaf" } } },
                "Leaf": { "anyOf": [{ "$ref": "#/$defs/Tree" }, { "type": "null" }] },
                "Once": { "type": "integer", "description": "Once." },
                "Unused": { "$ref": "#/$defs/Once" },
            },
        });
        let short = concise(&schema);
        assert_eq!(
            short["properties"]["d"],
            json!({ "type": "integer", "description": "Own." })
        );
        let kept: Vec<_> = short["$defs"].as_object().unwrap().keys().collect();
        assert!(kept.iter().any(|name| *name == "Twice"), "{kept:?}");
        assert!(
            !kept.iter().any(|name| *name == "Unused" || *name == "Once"),
            "{kept:?}"
        );
        assert!(short.to_string().contains("#/$defs/Tree"), "{short}");
    }

    #[test]
    fn a_long_chain_of_definitions_is_cut_into_pieces() {
        let link = |next: usize| json!({ "properties": { "next": { "$ref": format!("#/$defs/D{next}") } } });
        let definitions: Map<_, _> = (0..5000)
            .map(|number| (format!("D{number}"), link(number + 1)))
            .collect();
        let schema = json!({ "$ref": "#/$defs/D0", "$defs": definitions });
        let short = concise(&schema);
        // Readers take 128 levels.
        assert!(short.to_string().parse::<Value>().is_ok());
        let kept = short["$defs"].as_object().unwrap().len();
        assert!((100..1000).contains(&kept), "{kept}");
    }

    #[test]
    fn references_are_followed_wherever_they_stand_and_however_they_are_written() {
        let schema = json!({
            "properties": {
                "a": { "$ref": "#/$defs/a~1b%20c" },
                "b": { "contentSchema": { "$ref": "#/$defs/Held" } },
                "c": { "unevaluatedItems": { "$ref": "#/$defs/Held" } },
            },
            "$defs": { "a/b c": { "type": "string" }, "Held": { "type": "integer" } },
        });
        let expected = json!({
            "properties": {
                "a": { "type": "string" },
                "b": { "contentSchema": { "$ref": "#/$defs/Held" } },
                "c": { "unevaluatedItems": { "$ref": "#/$defs/Held" } },
            },
            "$defs": { "Held": { "type": "integer" } },
        });
        assert_eq!(concise(&schema), expected);
    }

    #[test]
    fn words_are_never_cut() {
        let short = shorter(&"überaus ".repeat(100));
        assert!(short.ends_with("überaus…"), "{short}");
        assert!(short.chars().count() <= DESCRIPTION + 1);
        assert_eq!(shorter("short"), "short");
    }
}
