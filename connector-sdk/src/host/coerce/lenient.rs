//! Texts that stand for other values, as language models write them: `"5"` for `5`, an object as its
//! JSON.

mod schemas;

use serde_json::Value;

use super::typing::kind_of;
use crate::data::is_deeper_than;
use crate::host::strict;
use crate::param::JsonObject;
use crate::schema::Schema;
use schemas::{Part, Schemas};

/// A text that was read as what it stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadText {
    /// The path of the member, as in faults: `filter.size`, `ids[0]`.
    pub param: String,
    /// The JSON type that it was read as, such as `integer`.
    pub kind: &'static str,
}

/// Values are in one another this deep at most.
const DEEPEST_VALUE: usize = 64;
/// A text longer than all of these values need is left as it is.
const MOST_VALUES: usize = 10_000;

/// Reads texts as what they stand for, at any depth, wherever the schema takes no text and the text
/// is JSON of a type that it takes. Tells which.
///
/// Where the schema takes a text, or anything, or does not know the member, the text stays: it has
/// two readings. So does an empty text, which has none. `"null"` is null only where the schema takes
/// null. What is left as it is, is for decoding to refuse.
///
/// ```
/// use plugwright_sdk::host::coerce;
/// use serde_json::json;
///
/// let schema = json!({ "properties": {
///     "size": { "type": "integer" }, "name": { "type": "string" },
///     "open": { "type": "boolean" }, "labels": { "type": "array", "items": { "type": "string" } }
/// } });
/// let mut input = json!({ "size": "30", "name": "30", "open": "yes", "labels": "[\"a\"]" });
/// let read = coerce::lenient(&schema, input.as_object_mut().unwrap());
/// assert_eq!(input, json!({ "size": 30, "name": "30", "open": "yes", "labels": ["a"] }));
/// let reported: Vec<_> = read.iter().map(|it| (&*it.param, it.kind)).collect();
/// assert_eq!(reported, [("size", "integer"), ("labels", "array")]);
/// ```
pub fn lenient(schema: &Schema, members: &mut JsonObject) -> Vec<ReadText> {
    let mut reader = Reader {
        schemas: Schemas::new(schema),
        values: MOST_VALUES,
        read: Vec::new(),
    };
    reader.members(&[schema], members, "", DEEPEST_VALUE);
    reader.read
}

struct Reader<'a> {
    schemas: Schemas<'a>,
    /// How many values may still come out of texts.
    values: usize,
    read: Vec<ReadText>,
}

/// The schemas of a place, which takes a value that fits any of them.
type Any<'a> = [&'a Schema];

impl<'a> Reader<'a> {
    fn members(&mut self, any: &Any<'a>, members: &mut JsonObject, path: &str, depth: usize) {
        for (name, value) in members {
            // What can hold no text needs no look at its schema.
            if !matches!(value, Value::String(_) | Value::Array(_) | Value::Object(_)) {
                continue;
            }
            let inside = self.schemas.parts(any, Part::Member(name));
            let path = || match path {
                "" => name.clone(),
                path => format!("{path}.{name}"),
            };
            self.value(&inside, value, path, depth);
        }
    }

    fn value(
        &mut self,
        any: &Any<'a>,
        value: &mut Value,
        path: impl FnOnce() -> String,
        depth: usize,
    ) {
        let Some(depth) = depth.checked_sub(1) else {
            return;
        };
        if any.is_empty() {
            // Nothing is known of what is inside either.
            return;
        }
        if let Value::String(text) = value {
            let Some(read) = self.text(any, text) else {
                return;
            };
            let path = path();
            self.read.push(ReadText {
                param: path.clone(),
                kind: kind_of(&read),
            });
            *value = read;
            self.inside(any, value, &path, depth);
        } else {
            self.inside(any, value, &path(), depth);
        }
    }

    fn inside(&mut self, any: &Any<'a>, value: &mut Value, path: &str, depth: usize) {
        match value {
            Value::Object(members) => self.members(any, members, path, depth),
            Value::Array(items) => {
                let mut of_all = None;
                for (index, item) in items.iter_mut().enumerate() {
                    if !matches!(item, Value::String(_) | Value::Array(_) | Value::Object(_)) {
                        continue;
                    }
                    let of_one;
                    // Only the first items can have a schema of their own.
                    let inside = if index < FIRST_ITEMS {
                        of_one = self.schemas.parts(any, Part::Item(index));
                        &of_one
                    } else {
                        of_all.get_or_insert_with(|| self.schemas.parts(any, Part::Item(index)))
                    };
                    self.value(inside, item, || format!("{path}[{index}]"), depth);
                }
            }
            _ => {}
        }
    }

    /// Reads a text, if it can't be meant as one.
    fn text(&mut self, any: &Any<'a>, text: &str) -> Option<Value> {
        let schemas = &self.schemas;
        let takes = |kind: &str| any.iter().any(|schema| schemas.takes(schema, kind));
        if takes("string") {
            return None;
        }
        // Every value but the first has a sign before it.
        let signs = memchr::memchr3_iter(b',', b'[', b'{', text.as_bytes());
        let values = 1 + signs.take(self.values).count();
        if values > self.values || is_deeper_than(DEEPEST_VALUE, text) {
            return None;
        }
        let read = match text.trim() {
            // As Python writes them.
            "True" => Value::Bool(true),
            "False" => Value::Bool(false),
            text => strict::from_str(text).ok()?,
        };
        let kind = kind_of(&read);
        let fits = takes(kind) || (kind == "integer" && takes("number"));
        if !fits {
            return None;
        }
        self.values -= values;
        Some(read)
    }
}

/// Items may have schemas of their own up to here.
const FIRST_ITEMS: usize = 16;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::schemas::DEEPEST_SCHEMA;
    use super::*;

    fn read(schema: &Value, mut input: Value) -> (Value, Vec<(String, &'static str)>) {
        let read = lenient(schema, input.as_object_mut().unwrap());
        let reported = read.into_iter().map(|it| (it.param, it.kind)).collect();
        (input, reported)
    }

    fn one(schema: &Value, text: &str) -> Value {
        let schema = json!({ "properties": { "it": schema } });
        read(&schema, json!({ "it": text })).0["it"].take()
    }

    #[test]
    fn a_text_is_read_where_the_schema_takes_none() {
        let (integer, number) = (json!({ "type": "integer" }), json!({ "type": "number" }));
        let (boolean, object) = (json!({ "type": "boolean" }), json!({ "type": "object" }));
        for (schema, text, value) in [
            (&integer, "5", json!(5)),
            (&integer, " -7 ", json!(-7)),
            (&integer, "1.0", json!(1.0)),
            (&number, "0.5", json!(0.5)),
            (&number, "5", json!(5)),
            (&boolean, "true", json!(true)),
            (&boolean, "False", json!(false)),
            (&object, r#"{"a":"1"}"#, json!({ "a": "1" })),
            (&json!({ "enum": [1, 2] }), "2", json!(2)),
            (&json!({ "type": ["integer", "null"] }), "null", Value::Null),
            (
                &json!({ "anyOf": [{ "type": "integer" }, { "type": "array" }] }),
                "[1]",
                json!([1]),
            ),
            (
                &json!({ "allOf": [{ "type": "integer" }, { "minimum": 1 }] }),
                "3",
                json!(3),
            ),
        ] {
            assert_eq!(one(schema, text), value, "{schema} {text}");
        }
    }

    #[test]
    fn a_text_with_two_readings_or_none_stays() {
        let integer = json!({ "type": "integer" });
        for (schema, text) in [
            (&json!({ "type": "string" }), "5"),
            (&json!({}), "5"),
            (&json!(true), "5"),
            (&json!({ "type": ["integer", "string"] }), "5"),
            (
                &json!({ "anyOf": [{ "type": "integer" }, { "type": "string" }] }),
                "5",
            ),
            (&json!({ "oneOf": [{ "type": "integer" }, {}] }), "5"),
            (&json!({ "enum": ["1", 2] }), "2"),
            (&json!({ "enum": ["true", "false"] }), "true"),
            (&integer, ""),
            (&integer, "null"),
            (&integer, "1.5"),
            (&integer, "five"),
            (&integer, "\"5\""),
            (&integer, "[5]"),
            (&json!({ "type": "boolean" }), "1"),
            (&json!({ "type": "array" }), "a,b"),
            (&json!({ "type": "object" }), "[]"),
            (&json!({ "type": "object" }), r#"{"x":"1","x":"2"}"#),
        ] {
            assert_eq!(one(schema, text), json!(text), "{schema} {text}");
        }
    }

    #[test]
    fn members_and_items_are_read_at_any_depth() {
        let schema = json!({
            "properties": {
                "filter": { "$ref": "#/$defs/Filter" },
                "ids": { "type": "array", "items": { "type": "integer" } },
                "shape": { "oneOf": [
                    { "properties": { "kind": { "enum": ["box"] }, "size": { "type": "integer" } },
                      "additionalProperties": false },
                    { "properties": { "kind": { "enum": ["name"] }, "text": { "type": "string" } },
                      "additionalProperties": false }
                ] },
                "more": { "type": "object", "additionalProperties": { "type": "boolean" } }
            },
            "$defs": { "Filter": {
                "type": "object",
                "properties": { "size": { "type": "integer" }, "in": { "$ref": "#/$defs/Filter" } }
            } }
        });
        let (input, reported) = read(
            &schema,
            json!({
                "filter": r#"{"size":"3","in":"{\"size\":\"4\"}"}"#,
                "ids": [1, "2"],
                "shape": { "kind": "box", "size": "5", "text": "6" },
                "more": { "a": "true" },
                "unknown": "7"
            }),
        );
        assert_eq!(
            input,
            json!({
                "filter": { "size": 3, "in": { "size": 4 } },
                "ids": [1, 2],
                "shape": { "kind": "box", "size": 5, "text": "6" },
                "more": { "a": true },
                "unknown": "7"
            })
        );
        let reported: Vec<_> = reported
            .iter()
            .map(|(param, kind)| (&**param, *kind))
            .collect();
        assert_eq!(
            reported,
            [
                ("filter", "object"),
                ("filter.size", "integer"),
                ("filter.in", "object"),
                ("filter.in.size", "integer"),
                ("ids[1]", "integer"),
                ("shape.size", "integer"),
                ("more.a", "boolean"),
            ]
        );
    }

    #[test]
    fn a_text_of_too_many_or_too_deep_values_stays() {
        let list = json!({ "type": "array", "items": {} });
        let many = format!("[{}]", vec!["1"; MOST_VALUES].join(","));
        assert_eq!(one(&list, &many), json!(many));
        let deep = format!("{}{}", "[".repeat(100), "]".repeat(100));
        assert_eq!(one(&list, &deep), json!(deep));
        let looped = json!({ "$ref": "#/properties/it" });
        assert_eq!(one(&looped, "5"), json!("5"));
    }

    #[test]
    fn alternatives_that_lead_to_the_same_schemas_are_read_once() {
        let object = |more: &str| json!({ "type": "object", "properties": { "a": { "$ref": "#/$defs/R" }, more: {} } });
        let schema = json!({
            "properties": { "v": { "$ref": "#/$defs/R" } },
            "$defs": { "R": { "oneOf": [object("b"), object("c"), { "type": "integer" }] } },
        });
        let nested = |end| (0..60).fold(end, |inner, _| json!({ "a": inner }));
        let (input, reported) = self::read(&schema, json!({ "v": nested(json!("1")) }));
        assert_eq!(input["v"], nested(json!(1)));
        assert_eq!(reported.len(), 1);
    }

    #[test]
    fn what_costs_too_much_to_read_stays() {
        // Each of many alternatives has many others, on all levels that are followed.
        let width = 30;
        let alternatives = |level: usize| {
            let next = json!({ "$ref": format!("#/$defs/L{}", level + 1) });
            json!({ "anyOf": vec![next; width] })
        };
        let mut definitions: JsonObject = (0..DEEPEST_SCHEMA)
            .map(|level| (format!("L{level}"), alternatives(level)))
            .collect();
        let last = format!("L{DEEPEST_SCHEMA}");
        definitions.insert(last, json!({ "type": "integer" }));
        let items = json!({ "type": "array", "items": { "$ref": "#/$defs/L5" } });
        let schema = json!({
            "properties": { "deep": { "$ref": "#/$defs/L0" }, "items": items, "after": { "type": "integer" } },
            "$defs": definitions,
        });
        let given = json!({ "items": vec!["x"; 1000], "deep": "5", "after": "5" });
        assert_eq!(self::read(&schema, given.clone()).0, given);
        let first = json!({ "after": "5" });
        assert_eq!(self::read(&schema, first).0, json!({ "after": 5 }));
    }

    proptest! {
        #[test]
        fn what_is_of_its_type_already_is_left_alone(size in any::<i64>(), name in ".{0,20}", tags in proptest::collection::vec(".{0,8}", 0..4)) {
            let schema = json!({ "properties": {
                "size": { "type": "integer" }, "name": { "type": "string" },
                "tags": { "type": "array", "items": { "type": "string" } }
            } });
            let given = json!({ "size": size, "name": name, "tags": tags });
            let (input, reported) = read(&schema, given.clone());
            prop_assert!(reported.is_empty());
            prop_assert_eq!(input, given);
        }

        #[test]
        fn every_integer_is_read_back(size in any::<i64>()) {
            prop_assert_eq!(one(&json!({ "type": "integer" }), &size.to_string()), json!(size));
        }

        #[test]
        fn any_text_is_read_without_panic(text in "[-0-9.eE\\[\\]{}\":, a-z]{0,40}") {
            one(&json!({ "type": ["integer", "array", "object"] }), &text);
        }
    }
}
