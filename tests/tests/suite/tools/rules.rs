//! What vendors publish of the tools that their APIs take.
//!
//! | Dialect | Where |
//! | --- | --- |
//! | OpenAI | the API reference of `tools`, and "Supported schemas" of the guide to structured outputs |
//! | Anthropic | the API reference of `tools`, the guide to tool use, and the errors of its API |
//! | Gemini | `FunctionDeclaration` and `Schema` of the API reference, and the errors of its API |

mod gemini;

use std::sync::LazyLock;

use plugwright_sdk::Value;
use plugwright_sdk::tools::Dialect;
use serde_json::Map;

/// Returns the rules that a definition breaks, each with its place.
pub(crate) fn broken(dialect: Dialect, definition: &Value) -> Vec<String> {
    let mut judge = Judge {
        dialect,
        broken: Vec::new(),
    };
    judge.definition(definition);
    judge.broken
}

struct Judge {
    dialect: Dialect,
    broken: Vec<String>,
}

const STRICT_KEYWORDS: [&str; 18] = [
    "$defs",
    "$ref",
    "additionalProperties",
    "anyOf",
    "description",
    "enum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "items",
    "maxItems",
    "maximum",
    "minItems",
    "minimum",
    "multipleOf",
    "pattern",
    "properties",
    "required",
];
const STRICT_FORMATS: [&str; 9] = [
    "date-time",
    "time",
    "date",
    "duration",
    "email",
    "hostname",
    "ipv4",
    "ipv6",
    "uuid",
];

impl Judge {
    fn check(&mut self, holds: bool, place: &str, rule: &str) {
        if !holds {
            self.broken.push(format!("{place}: {rule}"));
        }
    }

    fn definition(&mut self, definition: &Value) {
        let is_chat = matches!(self.dialect, Dialect::OpenAi | Dialect::OpenAiStrict);
        let is_strict = matches!(
            self.dialect,
            Dialect::OpenAiStrict | Dialect::OpenAiResponsesStrict
        );
        let (function, members, schema): (&Value, &[&str], &str) = match self.dialect {
            Dialect::OpenAi | Dialect::OpenAiStrict => (
                &definition["function"],
                &["name", "description", "parameters", "strict"],
                "parameters",
            ),
            Dialect::OpenAiResponses | Dialect::OpenAiResponsesStrict => (
                definition,
                &["type", "name", "description", "parameters", "strict"],
                "parameters",
            ),
            Dialect::Anthropic => (
                definition,
                &["name", "description", "input_schema"],
                "input_schema",
            ),
            Dialect::Gemini => (
                definition,
                &["name", "description", "parameters"],
                "parameters",
            ),
        };
        if is_openai(self.dialect) {
            self.check(definition["type"] == "function", "type", "is `function`");
            let says = function.get("strict").and_then(Value::as_bool);
            let wanted = if is_chat {
                says.unwrap_or(false)
            } else {
                says.unwrap_or(true)
            };
            self.check(wanted == is_strict, "strict", "is as the dialect says");
        }
        let names: Vec<_> = function.as_object().expect("an object").keys().collect();
        self.check(
            names.iter().all(|name| members.contains(&name.as_str())),
            "",
            "has known members",
        );
        let name = function["name"].as_str().unwrap_or_default();
        let fits = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-');
        self.check(
            (1..=64).contains(&name.len())
                && name.chars().all(fits)
                && name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_'),
            "name",
            "at most 64 letters, digits, `_` and `-`",
        );
        let description = function["description"].as_str().unwrap_or_default();
        self.check(!description.is_empty(), "description", "is given");
        if is_openai(self.dialect) {
            self.check(
                description.chars().count() <= 1024,
                "description",
                "at most 1024 characters",
            );
        }
        let Some(schema) = function.get(schema) else {
            self.check(self.dialect == Dialect::Gemini, schema, "is given");
            return;
        };
        self.root(schema);
        match self.dialect {
            Dialect::Gemini => self.gemini(schema, "parameters"),
            _ if is_strict => self.strict(schema),
            _ => self.open(schema, "parameters"),
        }
    }

    fn root(&mut self, schema: &Value) {
        let kind = if self.dialect == Dialect::Gemini {
            "OBJECT"
        } else {
            "object"
        };
        self.check(schema["type"] == kind, "parameters", "is an object");
        for keyword in ["anyOf", "oneOf", "allOf", "not", "enum"] {
            self.check(
                schema.get(keyword).is_none(),
                "parameters",
                &format!("has no `{keyword}` at its root"),
            );
        }
        if self.dialect != Dialect::Gemini {
            // JSON Schema 2020-12, with patterns that are regular expressions.
            let judged = jsonschema::draft202012::meta::validate(schema);
            self.check(
                judged.is_ok(),
                "parameters",
                &format!("is a JSON Schema: {:?}", judged.err()),
            );
            let compiled = jsonschema::draft202012::new(schema);
            self.check(
                compiled.is_ok(),
                "parameters",
                &format!("compiles: {:?}", compiled.err()),
            );
        }
    }

    /// The rules of a vendor that takes JSON Schema.
    fn open(&mut self, schema: &Value, place: &str) {
        let is_array = schema["type"] == "array";
        if is_array {
            let has_items = schema.get("items").is_some() || schema.get("prefixItems").is_some();
            self.check(has_items, place, "a list has items");
        }
        if self.dialect == Dialect::Anthropic {
            self.check(schema.get("$ref").is_none(), place, "has no references");
            for name in members(schema, "properties").keys() {
                let fits = |letter: char| {
                    letter.is_ascii_alphanumeric() || matches!(letter, '_' | '.' | '-')
                };
                let good = (1..=64).contains(&name.len()) && name.chars().all(fits);
                self.check(
                    good,
                    place,
                    &format!("property `{name}` matches ^[a-zA-Z0-9_.-]{{1,64}}$"),
                );
            }
        }
        for (name, part) in parts(schema) {
            self.open(part, &format!("{place}/{name}"));
        }
    }

    /// The rules of structured outputs.
    fn strict(&mut self, root: &Value) {
        let mut counts = Counts::default();
        self.strict_part(root, root, "parameters", 1, &mut counts);
        self.check(
            counts.properties <= 5000,
            "parameters",
            "at most 5000 properties",
        );
        self.check(
            counts.values <= 1000,
            "parameters",
            "at most 1000 values of enums",
        );
        self.check(
            counts.characters <= 120_000,
            "parameters",
            "at most 120000 characters of names and values",
        );
    }

    #[expect(clippy::too_many_lines, reason = "rule by rule")]
    fn strict_part(
        &mut self,
        root: &Value,
        schema: &Value,
        place: &str,
        depth: usize,
        counts: &mut Counts,
    ) {
        let Some(object) = schema.as_object() else {
            self.check(false, place, "is an object");
            return;
        };
        for keyword in object.keys() {
            let known = keyword == "type" || STRICT_KEYWORDS.contains(&keyword.as_str());
            self.check(known, place, &format!("`{keyword}` is supported"));
        }
        if let Some(reference) = object.get("$ref") {
            let target = reference
                .as_str()
                .and_then(|text| root.pointer(text.strip_prefix('#')?));
            self.check(target.is_some(), place, "refers to a definition");
            self.check(object.len() == 1, place, "a reference stands alone");
            return;
        }
        let kinds = kinds(schema);
        let has_variants = object.contains_key("anyOf");
        self.check(
            has_variants == kinds.is_empty(),
            place,
            "has a type or `anyOf`",
        );
        let known = [
            "string", "number", "boolean", "integer", "object", "array", "null",
        ];
        self.check(
            kinds.iter().all(|kind| known.contains(kind)),
            place,
            "has a type of JSON",
        );
        let named: Vec<_> = kinds.iter().filter(|kind| **kind != "null").collect();
        self.check(named.len() <= 1, place, "has one type beside `null`");
        if kinds.contains(&"object") {
            self.check(depth <= 10, place, "at most 10 levels");
            let properties = members(schema, "properties");
            counts.properties += properties.len();
            counts.characters += properties
                .keys()
                .map(|name| name.chars().count())
                .sum::<usize>();
            self.check(
                object.get("additionalProperties") == Some(&Value::Bool(false)),
                place,
                "is closed",
            );
            let required: Vec<_> = schema["required"]
                .as_array()
                .into_iter()
                .flatten()
                .collect();
            let all = properties.len() == required.len()
                && properties
                    .keys()
                    .all(|name| required.iter().any(|other| *other == name));
            self.check(all, place, "requires all properties");
        } else {
            self.check(
                !object.contains_key("properties"),
                place,
                "only objects have properties",
            );
        }
        self.check(
            kinds.contains(&"array") == object.contains_key("items"),
            place,
            "lists, and only they, have items",
        );
        for (keyword, kind) in [
            ("pattern", "string"),
            ("format", "string"),
            ("minItems", "array"),
            ("maxItems", "array"),
        ] {
            let good = !object.contains_key(keyword) || kinds.contains(&kind);
            self.check(good, place, &format!("`{keyword}` is of a {kind}"));
        }
        for keyword in [
            "multipleOf",
            "minimum",
            "maximum",
            "exclusiveMinimum",
            "exclusiveMaximum",
        ] {
            let good = !object.contains_key(keyword)
                || kinds
                    .iter()
                    .any(|kind| matches!(*kind, "number" | "integer"));
            self.check(good, place, &format!("`{keyword}` is of a number"));
        }
        if let Some(format) = object.get("format") {
            let known = format
                .as_str()
                .is_some_and(|format| STRICT_FORMATS.contains(&format));
            self.check(known, place, &format!("format {format} is supported"));
        }
        if let Some(values) = object.get("enum").and_then(Value::as_array) {
            self.check(!values.is_empty(), place, "an enum has values");
            let texts: Vec<_> = values.iter().filter_map(Value::as_str).collect();
            let characters: usize = texts.iter().map(|text| text.chars().count()).sum();
            counts.values += texts.len();
            counts.characters += characters;
            self.check(
                texts.len() <= 250 || characters <= 15_000,
                place,
                "a long enum has at most 15000 characters",
            );
        }
        for name in members(schema, "$defs").keys() {
            counts.characters += name.chars().count();
            self.check(
                std::ptr::eq(root, schema),
                place,
                "definitions are at the root",
            );
        }
        for (name, part) in parts(schema) {
            let below = if name.starts_with("$defs") {
                1
            } else {
                depth + usize::from(!name.starts_with("anyOf"))
            };
            self.strict_part(root, part, &format!("{place}/{name}"), below, counts);
        }
    }
}

#[derive(Default)]
struct Counts {
    properties: usize,
    values: usize,
    characters: usize,
}

fn is_openai(dialect: Dialect) -> bool {
    !matches!(dialect, Dialect::Anthropic | Dialect::Gemini)
}

fn kinds(schema: &Value) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::String(name)) => vec![name],
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn members<'a>(schema: &'a Value, keyword: &str) -> &'a Map<String, Value> {
    static NONE: LazyLock<Map<String, Value>> = LazyLock::new(Map::new);
    schema
        .get(keyword)
        .and_then(Value::as_object)
        .unwrap_or(&NONE)
}

/// Returns the schemas directly within a schema.
fn parts(schema: &Value) -> Vec<(String, &Value)> {
    let mut found = Vec::new();
    for keyword in [
        "properties",
        "$defs",
        "patternProperties",
        "dependentSchemas",
    ] {
        for (name, part) in members(schema, keyword) {
            found.push((format!("{keyword}/{name}"), part));
        }
    }
    for keyword in [
        "items",
        "additionalProperties",
        "not",
        "if",
        "then",
        "else",
        "propertyNames",
        "contains",
    ] {
        if let Some(part) = schema.get(keyword).filter(|part| part.is_object()) {
            found.push((keyword.to_owned(), part));
        }
    }
    for keyword in ["anyOf", "oneOf", "allOf", "prefixItems"] {
        for (index, part) in schema
            .get(keyword)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .enumerate()
        {
            found.push((format!("{keyword}/{index}"), part));
        }
    }
    found
}
