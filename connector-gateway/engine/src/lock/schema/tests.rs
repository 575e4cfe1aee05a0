use serde_json::json;

use super::*;

fn named(aspect: Aspect, old: &Value, new: &Value) -> Vec<String> {
    let differences = differences(aspect, old, new).into_iter();
    differences
        .map(|difference| format!("{}: {}", difference.kind, difference.text))
        .collect()
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "it is made where it is passed"
)]
fn object(properties: Value, required: &[&str]) -> Value {
    let mut schema =
        json!({ "type": "object", "properties": properties, "additionalProperties": false });
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schema
}

#[test]
fn inputs_may_take_more_and_outputs_may_give_less() {
    let a = json!({ "type": "string", "maxLength": 9 });
    let longer = json!({ "type": "string", "maxLength": 10 });
    for (old, new, input, output) in [
        (
            object(json!({ "a": a }), &[]),
            object(json!({ "a": longer }), &[]),
            "wider: `a` takes more values",
            "breaking: `a` may return values that it never did",
        ),
        (
            object(json!({ "a": longer }), &[]),
            object(json!({ "a": a }), &[]),
            "breaking: `a` may refuse values that it took",
            "narrower: `a` returns fewer values",
        ),
        (
            object(json!({}), &[]),
            object(json!({ "a": a }), &[]),
            "wider: `a` is new",
            "wider: `a` is new",
        ),
        (
            object(json!({}), &[]),
            object(json!({ "a": a }), &["a"]),
            "breaking: `a` is new and required",
            "wider: `a` is new",
        ),
        (
            object(json!({ "a": a }), &[]),
            object(json!({}), &[]),
            "breaking: `a` is gone",
            "narrower: `a` is gone",
        ),
        (
            object(json!({ "a": a }), &["a"]),
            object(json!({}), &[]),
            "breaking: `a` is gone",
            "breaking: `a` is gone",
        ),
        (
            object(json!({ "a": a }), &[]),
            object(json!({ "a": a }), &["a"]),
            "breaking: `a` is required now",
            "narrower: `a` is always there now",
        ),
        (
            object(json!({ "a": a }), &["a"]),
            object(json!({ "a": a }), &[]),
            "wider: `a` is optional now",
            "breaking: `a` may be absent now",
        ),
        (
            json!({ "type": "array", "items": object(json!({ "b": { "enum": ["x", "y"] } }), &[]) }),
            json!({ "type": "array", "items": object(json!({ "b": { "enum": ["x"] } }), &[]) }),
            "breaking: `[].b` may refuse values that it took",
            "narrower: `[].b` returns fewer values",
        ),
        (
            object(json!({ "a": object(json!({}), &[]) }), &[]),
            object(json!({ "a": object(json!({ "b": a }), &[]) }), &[]),
            "wider: `a.b` is new",
            "wider: `a.b` is new",
        ),
        (
            json!({ "type": "object", "properties": { "a": a } }),
            json!({ "type": "object", "properties": { "a": a, "b": a } }),
            "breaking: `b` is new where other members were allowed",
            "narrower: `b` is stated",
        ),
        (
            json!({ "type": "object", "properties": { "a": a } }),
            json!({ "type": "object", "properties": {} }),
            "breaking: `a` is gone",
            "breaking: `a` is gone",
        ),
    ] {
        assert_eq!(named(Aspect::Input, &old, &new), [input], "{old} {new}");
        assert_eq!(named(Aspect::Output, &old, &new), [output], "{old} {new}");
    }
}

#[test]
fn what_leaving_out_means_is_part_of_an_input() {
    let limit = |default: Option<i64>, optional: bool| {
        let mut limit = json!({ "type": "integer" });
        if let Some(default) = default {
            limit["default"] = default.into();
        }
        object(
            json!({ "limit": limit }),
            if optional { &[] } else { &["limit"] },
        )
    };
    let named = |old, new| named(Aspect::Input, &old, &new);
    assert_eq!(
        named(limit(Some(30), true), limit(Some(50), true)),
        ["breaking: `limit` now defaults to 50 instead of 30"]
    );
    assert_eq!(
        named(limit(None, true), limit(Some(50), true)),
        ["breaking: `limit` now defaults to 50 instead of nothing"]
    );
    assert_eq!(
        named(limit(None, false), limit(Some(50), true)),
        ["wider: `limit` is optional now"]
    );
    let nullable = object(json!({ "limit": { "type": ["integer", "null"] } }), &[]);
    assert_eq!(
        named(limit(None, true), nullable.clone()),
        [
            "breaking: `null` is now a value of `limit`; it used to mean \"absent\"",
            "wider: `limit` takes more values",
        ]
    );
    // The same where only the whole is compared.
    let either = |schema: Value| json!({ "anyOf": [schema] });
    assert_eq!(
        named(either(limit(Some(30), true)), either(limit(Some(50), true))),
        ["breaking: `it` may refuse values that it took"]
    );
    assert_eq!(
        named(either(limit(None, true)), either(nullable)),
        ["breaking: `it` may refuse values that it took"]
    );
}

#[test]
fn texts_are_not_values() {
    let old = object(
        json!({ "title": { "type": "string", "description": "Old" } }),
        &[],
    );
    let new = object(
        json!({ "title": { "type": "string", "description": "New" } }),
        &[],
    );
    assert_eq!(named(Aspect::Input, &old, &new), [""; 0]);
    assert!(wording_differs(&old, &new));
    // A member of that name is none of the texts.
    let renamed = object(json!({ "description": { "type": "string" } }), &[]);
    assert_eq!(
        named(Aspect::Input, &old, &renamed),
        ["breaking: `title` is gone", "wider: `description` is new"]
    );
    assert!(!wording_differs(&old, &renamed));
    // A default is a value, whatever its members are called.
    let default = |text: &str| {
        object(
            json!({ "a": { "type": "object", "default": { "title": text } } }),
            &[],
        )
    };
    assert_eq!(named(Aspect::Input, &default("x"), &default("y")).len(), 1);
    assert!(!wording_differs(&default("x"), &default("y")));
}

#[test]
fn a_change_in_a_shared_or_recursive_part_is_named_once() {
    let tree = |value: Value| {
        let node = object(
            json!({
                "value": value,
                "left": { "$ref": "#/$defs/Node" },
                "right": { "$ref": "#/$defs/Node" },
                "others": { "type": "array", "items": { "$ref": "#/$defs/Node" } },
            }),
            &[],
        );
        let mut root = object(json!({ "tree": { "$ref": "#/$defs/Node" } }), &[]);
        root["$defs"] = json!({ "Node": node });
        root
    };
    let (old, new) = (
        tree(json!({ "type": "integer" })),
        tree(json!({ "type": "number" })),
    );
    assert_eq!(
        named(Aspect::Input, &old, &new),
        ["wider: `tree.value` takes more values"]
    );
    assert_eq!(
        named(Aspect::Output, &old, &new),
        ["breaking: `tree.value` may return values that it never did"]
    );
}

#[test]
fn other_rules_are_compared_as_a_whole() {
    let rule = |rule: Value| {
        let mut schema = object(json!({ "a": {}, "b": {} }), &[]);
        schema
            .as_object_mut()
            .unwrap()
            .extend(rule.as_object().unwrap().clone());
        schema
    };
    let (free, ruled) = (
        rule(json!({})),
        rule(json!({ "dependentRequired": { "a": ["b"] } })),
    );
    assert_eq!(
        named(Aspect::Input, &free, &ruled),
        ["breaking: `it` may refuse values that it took"]
    );
    assert_eq!(
        named(Aspect::Input, &ruled, &free),
        ["wider: `it` takes more values"]
    );
    // Names that no member has.
    assert_eq!(
        named(Aspect::Input, &free, &rule(json!({ "required": ["z"] }))),
        ["breaking: `it` may refuse values that it took"]
    );
}
