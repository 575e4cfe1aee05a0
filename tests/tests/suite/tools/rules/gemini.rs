//! The rules of Gemini.

use std::collections::HashSet;

use plugwright_sdk::Value;

use super::{Judge, members, parts};

const GEMINI_KEYWORDS: [&str; 19] = [
    "anyOf",
    "default",
    "description",
    "enum",
    "example",
    "format",
    "items",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "nullable",
    "pattern",
    "properties",
    "required",
];

impl Judge {
    /// The rules of Gemini's subset of OpenAPI.
    pub(super) fn gemini(&mut self, schema: &Value, place: &str) {
        let Some(object) = schema.as_object() else {
            self.check(false, place, "is an object");
            return;
        };
        for keyword in object.keys() {
            let known = keyword == "type" || GEMINI_KEYWORDS.contains(&keyword.as_str());
            self.check(known, place, &format!("`{keyword}` is a field of Schema"));
        }
        let kind = schema["type"].as_str().unwrap_or_default();
        if object.contains_key("anyOf") {
            let beside = object
                .keys()
                .all(|name| matches!(name.as_str(), "anyOf" | "description" | "nullable"));
            self.check(beside, place, "`anyOf` stands alone");
        } else {
            let known = [
                "STRING", "NUMBER", "INTEGER", "BOOLEAN", "ARRAY", "OBJECT", "NULL",
            ];
            self.check(known.contains(&kind), place, "has a type");
        }
        let properties = members(schema, "properties");
        if kind == "OBJECT" {
            self.check(!properties.is_empty(), place, "an object has properties");
            let required: Vec<_> = schema["required"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect();
            self.check(
                required.iter().all(|name| properties.contains_key(*name)),
                place,
                "requires known properties",
            );
        }
        for name in properties.keys() {
            let fits = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
            let good = (1..=64).contains(&name.len())
                && name.chars().all(fits)
                && !name.starts_with(|first: char| first.is_ascii_digit());
            self.check(good, place, &format!("property `{name}` is a name"));
        }
        self.check(
            (kind == "ARRAY") == object.contains_key("items"),
            place,
            "lists, and only they, have items",
        );
        let of_kind: &[(&str, &[&str])] = &[
            ("properties", &["OBJECT"]),
            ("required", &["OBJECT"]),
            ("minProperties", &["OBJECT"]),
            ("maxProperties", &["OBJECT"]),
            ("minItems", &["ARRAY"]),
            ("maxItems", &["ARRAY"]),
            ("minLength", &["STRING"]),
            ("maxLength", &["STRING"]),
            ("pattern", &["STRING"]),
            ("enum", &["STRING"]),
            ("format", &["STRING"]),
            ("minimum", &["INTEGER", "NUMBER"]),
            ("maximum", &["INTEGER", "NUMBER"]),
        ];
        for (keyword, kinds) in of_kind {
            let good = !object.contains_key(*keyword) || kinds.contains(&kind);
            self.check(good, place, &format!("`{keyword}` is of {kinds:?}"));
        }
        if let Some(format) = object.get("format") {
            self.check(
                format == "date-time",
                place,
                &format!("format {format} is supported"),
            );
        }
        if let Some(values) = object.get("enum").and_then(Value::as_array) {
            let texts: HashSet<_> = values.iter().filter_map(Value::as_str).collect();
            let good = !texts.is_empty() && texts.len() == values.len() && !texts.contains("");
            self.check(good, place, "an enum has distinct texts that are not empty");
        }
        self.check(
            schema.get("nullable").is_none_or(Value::is_boolean),
            place,
            "`nullable` is a boolean",
        );
        for keyword in [
            "minItems",
            "maxItems",
            "minLength",
            "maxLength",
            "minProperties",
            "maxProperties",
        ] {
            let good = schema
                .get(keyword)
                .is_none_or(|number| number.as_i64().is_some());
            self.check(good, place, &format!("`{keyword}` is an integer"));
        }
        for (name, part) in parts(schema) {
            self.gemini(part, &format!("{place}/{name}"));
        }
    }
}
