//! Schemas that are odd: what imported and hand-written ones may have.

use plugwright_sdk::{Value, json};
use serde_json::Map;

/// Returns odd schemas by what is odd about them.
#[expect(clippy::too_many_lines, reason = "a table")]
pub(crate) fn schemas() -> Vec<(&'static str, Value)> {
    let text = json!({ "type": "string" });
    vec![
        (
            "nothing",
            json!({ "type": "object", "properties": {}, "additionalProperties": false }),
        ),
        ("anything", json!({ "type": "object" })),
        (
            "names",
            json!({
                "type": "object",
                "properties": {
                    "filter[name]": text, "filter(name)": text, "filter_name": text, "per-page": { "type": "integer" },
                    "2fa": { "type": "boolean" }, "größe": text, "$select": { "type": "array", "items": text },
                    "a.b": { "type": "object", "properties": { "c d": text }, "required": ["c d"], "additionalProperties": false },
                    &"x".repeat(70): text,
                },
                "required": ["filter[name]", "a.b"],
                "dependentRequired": { "per-page": ["2fa"] },
                "additionalProperties": false
            }),
        ),
        (
            "tree",
            json!({
                "type": "object",
                "properties": { "tree": { "$ref": "#/$defs/Node", "description": "The tree." }, "parent": { "$ref": "#/$defs/Node" } },
                "required": ["tree"],
                "additionalProperties": false,
                "$defs": {
                    "Node": {
                        "type": "object",
                        "properties": {
                            "name": { "type": "string", "minLength": 1 },
                            "children": { "type": "array", "items": { "$ref": "#/$defs/Node" } },
                            "labels": { "$ref": "#/$defs/Labels" }
                        },
                        "required": ["name"],
                        "additionalProperties": false
                    },
                    "Labels": { "type": "object", "additionalProperties": { "type": "string" } }
                }
            }),
        ),
        (
            "root reference",
            json!({
                "$ref": "#/$defs/List",
                "$defs": { "List": {
                    "type": "object",
                    "properties": { "value": { "type": "integer" }, "next": { "$ref": "#/$defs/List" } },
                    "required": ["value"],
                    "additionalProperties": false
                } }
            }),
        ),
        (
            "alternatives",
            json!({
                "type": "object",
                "oneOf": [
                    { "properties": { "user": { "type": "string" }, "note": { "type": "string" } }, "required": ["user"], "additionalProperties": false },
                    { "properties": { "team": { "type": "integer" }, "note": { "type": "integer" } }, "required": ["team"], "additionalProperties": false }
                ]
            }),
        ),
        (
            "variants",
            json!({
                "type": "object",
                "properties": {
                    "shape": { "description": "A shape.", "oneOf": [
                        { "type": "object", "properties": { "kind": { "const": "circle" }, "radius": { "type": "number", "exclusiveMinimum": 0 } },
                          "required": ["kind", "radius"], "additionalProperties": false },
                        { "type": "object", "properties": { "kind": { "const": "square" }, "side": { "type": "integer", "exclusiveMinimum": 0 } },
                          "required": ["kind"], "additionalProperties": false },
                        { "type": "null" }
                    ] },
                    "mixed": { "type": ["string", "integer", "array", "null"], "items": { "type": "boolean" }, "minLength": 2, "maxItems": 2 },
                    "values": { "enum": ["a", "", 1, 2.5, true, null, ["x"]] },
                    "numbers": { "type": "integer", "enum": [1, 2, 4] },
                    "always": { "const": true },
                    "either": { "anyOf": [{ "type": "string", "maxLength": 3 }, { "type": "array", "items": { "type": "object", "additionalProperties": { "type": "integer" } } }] }
                },
                "required": ["shape"],
                "additionalProperties": false
            }),
        ),
        (
            "together",
            json!({
                "allOf": [
                    { "$ref": "#/$defs/Named" },
                    { "type": "object", "properties": { "size": { "type": "integer", "minimum": 3 }, "name": { "maxLength": 5 } }, "required": ["size"] }
                ],
                "properties": { "size": { "maximum": 9, "minimum": 1 } },
                "not": { "required": ["color", "name"] },
                "if": { "properties": { "size": { "const": 4 } } },
                "then": { "required": ["color"] },
                "$defs": { "Named": { "type": "object", "properties": { "name": { "type": "string", "pattern": "^[a-z]+$" }, "color": { "type": "string" } } } }
            }),
        ),
        (
            "maps",
            json!({
                "type": "object",
                "properties": {
                    "headers": { "type": "object", "additionalProperties": { "type": "string" }, "minProperties": 1, "maxProperties": 3, "propertyNames": { "pattern": "^[a-z]+$" } },
                    "nested": { "type": "object", "additionalProperties": { "type": "object", "additionalProperties": { "type": "integer" } } },
                    "open": { "type": "object" },
                    "empty": { "type": "object", "properties": {}, "additionalProperties": false },
                    "patterned": { "type": "object", "patternProperties": { "^x-": { "type": "boolean" } }, "additionalProperties": false },
                    "known": { "type": "object", "properties": { "id": { "type": "integer" } }, "additionalProperties": { "type": "string" } },
                    "any": {}, "list": { "type": "array" }, "tuple": { "type": "array", "prefixItems": [{ "type": "string" }, { "type": "integer" }], "items": false },
                    "set": { "type": "array", "items": { "type": "string" }, "uniqueItems": true, "contains": { "const": "a" } }
                },
                "additionalProperties": false
            }),
        ),
        (
            "clearing",
            json!({
                "type": "object",
                "properties": {
                    "note": { "type": ["string", "null"], "maxLength": 9, "default": "x" },
                    "color": { "type": ["string", "null"], "enum": ["red", "blue", null] },
                    "options": { "type": ["object", "null"], "properties": { "clear": { "type": "boolean" } }, "additionalProperties": false },
                    "required_null": { "type": ["integer", "null"] },
                    "labels": { "type": ["object", "null"], "additionalProperties": { "type": "string" } }
                },
                "required": ["required_null"],
                "additionalProperties": false
            }),
        ),
        ("deep", deep(16)),
        ("long enums", long_enums()),
        (
            "untyped",
            json!({ "properties": { "name": { "maxLength": 3 }, "count": { "minimum": 1 }, "list": { "items": { "type": "string" } } } }),
        ),
        (
            "references that lead nowhere",
            json!({ "type": "object", "properties": { "a": { "$ref": "#/$defs/none" }, "b": { "$ref": "https://example.com/b.json" } } }),
        ),
        (
            "never",
            json!({ "type": "object", "properties": { "gone": false, "kept": true }, "required": ["kept"] }),
        ),
    ]
}

/// Objects and lists within each other.
fn deep(levels: usize) -> Value {
    let mut schema = json!({ "type": "string", "maxLength": 4 });
    for level in 0..levels {
        schema = if level % 3 == 2 && level + 1 < levels {
            json!({ "type": "array", "items": schema })
        } else {
            json!({ "type": "object", "properties": { "next": schema }, "required": ["next"], "additionalProperties": false })
        };
    }
    schema
}

fn long_enums() -> Value {
    let values = |stem: &str, count: usize| -> Value {
        (0..count)
            .map(|number| Value::from(format!("{stem}-{number}")))
            .collect()
    };
    let properties: Map<String, Value> = [
        (
            "many".to_owned(),
            json!({ "type": "string", "enum": values("many", 700) }),
        ),
        (
            "more".to_owned(),
            json!({ "type": "string", "enum": values("more", 700) }),
        ),
        (
            "long".to_owned(),
            json!({ "type": "string", "enum": values(&"l".repeat(80), 260) }),
        ),
    ]
    .into_iter()
    .collect();
    json!({ "type": "object", "properties": properties, "additionalProperties": false })
}
