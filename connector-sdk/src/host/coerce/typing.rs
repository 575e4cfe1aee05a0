//! One text, or several, into one value.

use std::cell::Cell;
use std::ptr;

use serde_json::Value;

use crate::echo::Echo;
use crate::error::{Fault, Result};
use crate::host::strict;
use crate::schema::{Schema, resolve, types};

/// A schema that texts are typed by, within the document that its references point into.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) root: &'a Schema,
    pub(super) schema: &'a Schema,
    pub(super) name: &'a str,
    /// How many more values may be made of the texts of the input.
    pub(super) left: &'a Cell<usize>,
}

/// As many values are made of the texts of one input, however many texts it has.
pub(super) const MOST_VALUES: usize = 30_000;

/// So many alternatives of one value are looked at.
const MOST_PARTS: usize = 200;

impl<'a> Place<'a> {
    pub(super) fn typed(self, text: &str) -> Result<Value, Fault> {
        self.typed_as(&kinds(self.root, self.schema), text)
    }

    /// Types a text as one of these types, which are those of the schema.
    fn typed_as(self, all: &[&str], text: &str) -> Result<Value, Fault> {
        let kinds: Vec<_> = all.iter().copied().filter(|kind| *kind != "null").collect();
        if text == "null" && kinds.len() < all.len() {
            return Ok(Value::Null);
        }
        let texts = kinds.contains(&"string");
        match kinds.as_slice() {
            ["string"] => Ok(text.into()),
            ["array"] => self.array(text),
            _ if !self.affords(text) => {
                if texts || kinds.is_empty() {
                    Ok(text.into())
                } else {
                    Err(self.too_many())
                }
            }
            [] => Ok(strict::from_str(text).unwrap_or_else(|_| text.into())),
            _ => match strict::from_str(text) {
                Ok(value) if fits(&value, &kinds) => Ok(value),
                _ if texts => Ok(text.into()),
                _ if kinds.contains(&"array") => self.array(text),
                Err(error) if kinds == ["object"] => Err(self.fault(format!(
                    "must be a JSON object such as {{\"key\": \"value\"}}: {error}"
                ))),
                _ => Err(self.fault(format!(
                    "must be {}, not {}",
                    expected(self.schema, &kinds),
                    shown(text)
                ))),
            },
        }
    }

    pub(super) fn takes_text(self) -> bool {
        let kinds = kinds(self.root, self.schema);
        kinds.is_empty() || kinds.contains(&"string")
    }

    /// Returns whether what is written in a text may be made, and counts it. There can't be more values
    /// than commas and brackets, but for the last.
    fn affords(self, text: &str) -> bool {
        let marks = text
            .bytes()
            .filter(|byte| matches!(byte, b',' | b'[' | b'{'));
        match self.left.get().checked_sub(marks.count() + 1) {
            Some(left) => {
                self.left.set(left);
                true
            }
            None => false,
        }
    }

    fn too_many(self) -> Fault {
        self.fault(format!("must not have more than {MOST_VALUES} values"))
    }

    fn array(self, text: &str) -> Result<Value, Fault> {
        if !self.affords(text) {
            return Err(self.too_many());
        }
        if text.trim_start().starts_with('[') {
            return strict::from_str(text).map_err(|error| {
                self.fault(format!("must be a JSON array such as [\"a\", \"b\"], or items with commas between them: {error}"))
            });
        }
        let items = self.items();
        let nested = items.is_some_and(|items| {
            kinds(self.root, items)
                .iter()
                .all(|kind| matches!(*kind, "object" | "array"))
        });
        if nested && !text.trim().is_empty() {
            // The commas are those of the items' own JSON.
            return strict::from_str(&format!("[{text}]")).map_err(|error| {
                self.fault(format!(
                    "must be a JSON array such as [{{\"key\": \"value\"}}]: {error}"
                ))
            });
        }
        if text.is_empty() {
            return Ok(Value::Array(Vec::new()));
        }
        // What the items have in them was counted.
        let place = Place {
            left: &Cell::new(usize::MAX),
            ..self
        };
        place.each(items, text.split(',').map(str::trim))
    }

    /// Types the texts of a name that may stand several times.
    pub(super) fn several(self, texts: &[&str]) -> Result<Value, Fault> {
        match texts {
            [only] => self.typed(only),
            _ => {
                let kinds = kinds(self.root, self.schema);
                if !kinds.is_empty() && !kinds.contains(&"array") {
                    return Err(self.fault(format!(
                        "is given {} times but takes one value",
                        texts.len()
                    )));
                }
                self.each(self.items(), texts.iter().copied())
            }
        }
    }

    fn each<'t>(
        self,
        items: Option<&Schema>,
        texts: impl Iterator<Item = &'t str>,
    ) -> Result<Value, Fault> {
        let anything = Value::Bool(true);
        let place = Place {
            root: self.root,
            schema: items.unwrap_or(&anything),
            name: self.name,
            left: self.left,
        };
        let kinds = kinds(place.root, place.schema);
        texts
            .enumerate()
            .map(|(index, text)| {
                place.typed_as(&kinds, text).map_err(|fault| Fault {
                    param: format!("{}[{index}]{}", self.name, &fault.param[self.name.len()..]),
                    ..fault
                })
            })
            .collect()
    }

    fn items(self) -> Option<&'a Schema> {
        let schema = resolve(self.root, self.schema);
        schema.get("items").or_else(|| {
            alternatives(schema)
                .map(|part| resolve(self.root, part))
                .find_map(|part| part.get("items"))
        })
    }

    fn fault(self, message: String) -> Fault {
        Fault {
            param: self.name.to_owned(),
            message,
        }
    }
}

pub(super) fn alternatives(schema: &Schema) -> impl Iterator<Item = &Schema> {
    ["anyOf", "oneOf", "allOf"]
        .into_iter()
        .filter_map(|keyword| schema.get(keyword)?.as_array())
        .flatten()
}

/// Returns schemas with the alternatives that they are made of, each once.
pub(super) fn parts<'a>(
    root: &'a Schema,
    schemas: impl IntoIterator<Item = &'a Schema>,
    goes_into: impl Fn(&Schema) -> bool,
) -> Vec<&'a Schema> {
    let mut parts = Vec::new();
    let add = |parts: &mut Vec<&'a Schema>, schema: &'a Schema| {
        let schema = resolve(root, schema);
        if parts.len() < MOST_PARTS && !parts.iter().any(|known| ptr::eq::<Schema>(*known, schema))
        {
            parts.push(schema);
        }
    };
    for schema in schemas {
        add(&mut parts, schema);
    }
    let mut next = 0;
    while let Some(part) = parts.get(next).copied() {
        for alternative in alternatives(part).filter(|_| goes_into(part)) {
            add(&mut parts, alternative);
        }
        next += 1;
    }
    parts
}

/// Returns the types that a schema allows; none stated means any.
pub(super) fn kinds<'a>(root: &'a Schema, schema: &'a Schema) -> Vec<&'a str> {
    let parts = parts(root, [schema], |part| own_kinds(part).is_none());
    let own = parts.into_iter().filter_map(own_kinds);
    let mut found: Vec<_> = own.flatten().collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// Returns the types that a schema states itself.
pub(super) fn own_kinds(schema: &Schema) -> Option<Vec<&str>> {
    match (schema.get("type"), schema.get("enum")) {
        (Some(Value::String(_) | Value::Array(_)), _) => Some(types(schema).collect()),
        (_, Some(Value::Array(values))) => {
            let mut kinds: Vec<_> = values.iter().map(kind_of).collect();
            kinds.dedup();
            Some(kinds)
        }
        _ => None,
    }
}

pub(super) fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) if is_whole(value) => "integer",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn is_whole(value: &Value) -> bool {
    value.as_f64().is_some_and(|number| number.fract() == 0.0)
}

fn fits(value: &Value, kinds: &[&str]) -> bool {
    let kind = kind_of(value);
    kinds.contains(&kind) || (kind == "integer" && kinds.contains(&"number"))
}

fn expected(schema: &Schema, kinds: &[&str]) -> String {
    let each: Vec<_> = kinds
        .iter()
        .map(|kind| match *kind {
            "boolean" => "`true` or `false`".to_owned(),
            "integer" => format!("an integer{}", bounds(schema)),
            "number" => format!("a number{}", bounds(schema)),
            "object" => "a JSON object".to_owned(),
            other => format!("an {other}"),
        })
        .collect();
    each.join(" or ")
}

fn bounds(schema: &Schema) -> String {
    let bound = |keyword| schema.get(keyword).filter(|bound| bound.is_number());
    match (bound("minimum"), bound("maximum")) {
        (Some(min), Some(max)) => format!(" between {min} and {max}"),
        (Some(min), None) => format!(" of at least {min}"),
        (None, Some(max)) => format!(" of at most {max}"),
        (None, None) => String::new(),
    }
}

fn shown(text: &str) -> String {
    if text.chars().nth(40).is_none() {
        Echo(&Value::from(text).to_string()).to_string()
    } else {
        "a longer text".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::host::coerce::value;

    fn typed(schema: &Value, text: &str) -> Value {
        value(schema, "param", text).unwrap()
    }

    fn refused(schema: &Value, text: &str) -> String {
        let fault = value(schema, "param", text).unwrap_err();
        format!("{} {}", fault.param, fault.message)
    }

    #[test]
    fn a_string_stays_a_string() {
        for text in ["7", "true", "null", "", "[1]", " a "] {
            assert_eq!(typed(&json!({ "type": "string" }), text), json!(text));
        }
    }

    #[test]
    fn numbers_are_read_as_json_writes_them() {
        let integer = json!({ "type": "integer" });
        assert_eq!(typed(&integer, "-7"), json!(-7));
        assert_eq!(typed(&integer, "18446744073709551615"), json!(u64::MAX));
        assert_eq!(typed(&integer, "1.0"), json!(1.0));
        assert_eq!(typed(&json!({ "type": "number" }), "7"), json!(7));
        assert_eq!(typed(&json!({ "type": "number" }), "0.5"), json!(0.5));
        for text in ["1.5", "+7", "007", "7x", "", "NaN", "\"7\""] {
            assert!(
                refused(&integer, text).starts_with("param must be an integer, not "),
                "{text}"
            );
        }
        assert_eq!(
            refused(&json!({ "type": "number", "minimum": 0 }), "x"),
            r#"param must be a number of at least 0, not "x""#
        );
    }

    #[test]
    fn an_object_has_each_member_once() {
        let twice = r#"{"x": 1, "x": 2}"#;
        for schema in [
            json!({ "type": "object" }),
            json!({ "type": "array", "items": { "type": "object" } }),
        ] {
            let refused = refused(&schema, twice);
            let problem = ": `x` is given twice in one object at line 1 column ";
            assert!(refused.contains(problem), "{refused}");
        }
    }

    #[test]
    fn booleans_are_true_or_false_and_nothing_else() {
        let boolean = json!({ "type": "boolean" });
        assert_eq!(typed(&boolean, "true"), json!(true));
        assert_eq!(
            refused(&boolean, "yes"),
            r#"param must be `true` or `false`, not "yes""#
        );
    }

    #[test]
    fn lists_are_json_or_items_with_commas() {
        let texts = json!({ "type": "array", "items": { "type": "string" } });
        assert_eq!(typed(&texts, "a, b,3"), json!(["a", "b", "3"]));
        assert_eq!(typed(&texts, r#"["a,b"]"#), json!(["a,b"]));
        assert_eq!(typed(&texts, ""), json!([]));
        let numbers = json!({ "type": "array", "items": { "type": "integer" } });
        assert_eq!(typed(&numbers, "1,2"), json!([1, 2]));
        assert_eq!(
            refused(&numbers, "1,x"),
            r#"param[1] must be an integer, not "x""#
        );
        let objects = json!({ "type": "array", "items": { "type": "object" } });
        assert_eq!(
            typed(&objects, r#"{"a":1},{"b":2}"#),
            json!([{ "a": 1 }, { "b": 2 }])
        );
        assert!(refused(&texts, "[a").contains("line 1 column 2"));
    }

    #[test]
    fn objects_are_json() {
        let map = json!({ "type": "object" });
        assert_eq!(typed(&map, r#"{"a":1}"#), json!({ "a": 1 }));
        assert!(refused(&map, "a=1").contains("line 1 column 1"));
        assert_eq!(
            refused(&map, "[1]"),
            r#"param must be a JSON object, not "[1]""#
        );
    }

    #[test]
    fn null_is_null_only_where_the_schema_allows_it() {
        let patch = json!({ "type": ["string", "null"] });
        assert_eq!(typed(&patch, "null"), Value::Null);
        assert_eq!(typed(&patch, "7"), json!("7"));
        assert_eq!(
            typed(
                &json!({ "type": ["array", "null"], "items": { "type": "string" } }),
                "a"
            ),
            json!(["a"])
        );
        assert_eq!(typed(&json!({ "enum": ["a", null] }), "null"), Value::Null);
    }

    #[test]
    fn without_a_single_type_json_is_tried_first() {
        for (text, expected) in [
            ("7", json!(7)),
            ("seven", json!("seven")),
            ("\"7\"", json!("7")),
            ("[1]", json!([1])),
        ] {
            assert_eq!(typed(&json!({}), text), expected);
        }
        let either = json!({ "anyOf": [{ "type": "integer" }, { "type": "string" }] });
        assert_eq!(typed(&either, "7"), json!(7));
        assert_eq!(typed(&either, "true"), json!("true"));
        assert_eq!(
            refused(&json!({ "type": ["integer", "boolean"] }), "x"),
            r#"param must be `true` or `false` or an integer, not "x""#
        );
    }

    #[test]
    fn a_fault_shows_no_long_text() {
        assert!(
            refused(&json!({ "type": "integer" }), &"x".repeat(50)).ends_with("not a longer text")
        );
    }
}
