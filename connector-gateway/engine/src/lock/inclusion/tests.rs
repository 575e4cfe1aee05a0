use proptest::prelude::*;
use serde_json::json;

use super::*;

fn proven(wide: &Value, narrow: &Value) -> bool {
    includes(Reading::Output, Part::whole(wide), Part::whole(narrow))
}

#[test]
fn a_schema_with_fewer_rules_has_more_values() {
    let object = |extra: Value| {
        let mut schema = json!({
            "type": "object",
            "properties": { "a": { "type": "string" } },
            "additionalProperties": false
        });
        schema
            .as_object_mut()
            .unwrap()
            .extend(extra.as_object().unwrap().clone());
        schema
    };
    for (wide, narrow) in [
        (json!(true), json!({ "type": "string" })),
        (json!({}), json!(false)),
        (json!({ "type": "number" }), json!({ "type": "integer" })),
        (
            json!({ "type": ["string", "null"] }),
            json!({ "type": "string" }),
        ),
        (json!({ "type": "string" }), json!({ "enum": ["a", "b"] })),
        (
            json!({ "enum": ["a", "b", "c"] }),
            json!({ "type": "string", "enum": ["c", "a"] }),
        ),
        (
            json!({ "minimum": 1, "maximum": 9.5 }),
            json!({ "minimum": 1, "maximum": 9 }),
        ),
        (json!({ "minimum": 1 }), json!({ "exclusiveMinimum": 1 })),
        (json!({ "exclusiveMaximum": 3 }), json!({ "maximum": 2 })),
        (json!({ "multipleOf": 2 }), json!({ "multipleOf": 6 })),
        (
            json!({ "maxLength": 9 }),
            json!({ "maxLength": 8, "pattern": "^a" }),
        ),
        (
            json!({ "type": "array", "items": { "type": "number" } }),
            json!({ "type": "array", "items": { "type": "integer" }, "maxItems": 3 }),
        ),
        (object(json!({})), object(json!({ "required": ["a"] }))),
        (
            object(json!({ "additionalProperties": { "type": "number" } })),
            object(json!({ "additionalProperties": { "type": "integer" } })),
        ),
        (
            object(json!({ "properties": { "a": { "type": "string" }, "b": {} } })),
            object(json!({})),
        ),
        (
            json!({ "anyOf": [{ "type": "string" }, { "type": "integer" }] }),
            json!({ "type": "integer" }),
        ),
        (
            json!({ "anyOf": [{ "type": "string" }, { "type": "number" }] }),
            json!({ "oneOf": [{ "type": "integer" }, { "type": "string" }] }),
        ),
        (
            json!({ "oneOf": [{ "type": "string" }, { "type": "integer" }] }),
            json!({ "type": "string" }),
        ),
        (
            json!({ "allOf": [{ "type": "string" }, { "maxLength": 3 }] }),
            json!({ "type": "string", "maxLength": 2 }),
        ),
        (
            json!({ "type": "string" }),
            json!({ "allOf": [{ "type": "string" }, { "maxLength": 3 }] }),
        ),
    ] {
        assert!(proven(&wide, &narrow), "{wide} has {narrow}");
        assert!(!proven(&narrow, &wide), "{narrow} has {wide}");
    }
    // What a rule is about decides whether it counts.
    let (plain, ruled) = (
        json!({ "type": "integer" }),
        json!({ "type": "integer", "maxLength": 1 }),
    );
    assert!(proven(&plain, &ruled) && proven(&ruled, &plain));
}

#[test]
fn tagged_alternatives_are_told_apart_by_their_tags() {
    let variant = |tag: &str| {
        json!({
            "type": "object",
            "properties": { "kind": { "enum": [tag] }, "x": {} },
            "required": ["kind"]
        })
    };
    let old = json!({ "oneOf": [variant("a"), variant("b")] });
    let new = json!({ "oneOf": [variant("a"), variant("b"), variant("c")] });
    assert!(proven(&new, &old));
    assert!(!proven(&old, &new));
    let untagged = json!({ "oneOf": [{ "required": ["a"] }, { "required": ["b"] }, {}] });
    assert!(!proven(&untagged, &json!({ "required": ["a"] })));
}

#[test]
fn recursive_schemas_end() {
    let tree = |of: Value| {
        json!({
            "$ref": "#/$defs/Tree",
            "$defs": { "Tree": {
                "type": "object",
                "properties": { "value": of, "below": { "type": "array", "items": { "$ref": "#/$defs/Tree" } } },
                "additionalProperties": false
            } }
        })
    };
    let (wide, narrow) = (
        tree(json!({ "type": "number" })),
        tree(json!({ "type": "integer" })),
    );
    assert!(proven(&wide, &narrow));
    assert!(!proven(&narrow, &wide));
    // A claim about the value itself can't stand on that claim.
    let circle = json!({ "anyOf": [{ "$ref": "#" }, { "type": "string" }] });
    assert!(!proven(&circle, &json!({ "type": "integer" })));
    let lost = json!({ "$ref": "#/$defs/Nothing" });
    assert!(!proven(&lost, &json!({ "type": "integer" })));
}

#[test]
fn what_is_not_known_is_not_proven() {
    for (wide, narrow) in [
        (
            json!({ "type": "string", "x-limit": 3 }),
            json!({ "type": "string" }),
        ),
        (
            json!({ "type": "string" }),
            json!({ "type": "string", "x-limit": 3 }),
        ),
        (json!({ "pattern": "a" }), json!({ "pattern": "aa" })),
        (
            json!({ "not": { "type": "string" } }),
            json!({ "type": "integer" }),
        ),
        (json!({ "type": "text" }), json!({ "type": "string" })),
        (
            json!({ "type": "string" }),
            json!({ "type": "string", "contentMediaType": "image/png" }),
        ),
        (
            json!({ "minimum": 9_007_199_254_740_993_u64 }),
            json!({ "minimum": 9_007_199_254_740_992.0 }),
        ),
        (json!([]), json!({})),
    ] {
        assert!(!proven(&wide, &narrow), "{wide} has {narrow}");
    }
}

#[test]
fn a_proof_ends_however_large_the_schemas_are() {
    let choice = |depth: usize| {
        let leaf = json!({ "type": "string", "pattern": format!("{depth}") });
        (0..depth).fold(leaf, |below, index| {
            json!({ "anyOf": [below, { "items": below, "minItems": index }, { "properties": { "a": below } }] })
        })
    };
    let (wide, narrow) = (choice(8), choice(9));
    assert!(!proven(&wide, &narrow));
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-2_i64..5).prop_map(Value::from),
        Just(json!(1.5)),
        "[ab]{0,3}".prop_map(Value::from),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    scalar().prop_recursive(3, 12, 3, |below| {
        prop_oneof![
            prop::collection::vec(below.clone(), 0..3).prop_map(Value::from),
            prop::collection::hash_map("[abc]", below, 0..3)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn keyword(
    below: impl Strategy<Value = Value> + Clone + 'static,
) -> impl Strategy<Value = (String, Value)> {
    let named = |name: &'static str| move |value| (name.to_owned(), value);
    let number = || (-1_i64..4).prop_map(Value::from);
    let count = || (0_u64..3).prop_map(Value::from);
    let several = prop::collection::vec(below.clone(), 1..3).prop_map(Value::from);
    let required =
        prop::sample::subsequence(vec!["a", "b", "c"], 0..3).prop_map(|names| json!(names));
    prop_oneof![
        prop::sample::subsequence(
            vec![
                "null", "boolean", "integer", "number", "string", "array", "object"
            ],
            1..4
        )
        .prop_map(|types| ("type".to_owned(), json!(types))),
        prop::collection::vec(scalar(), 1..4).prop_map(|values| ("enum".to_owned(), values.into())),
        number().prop_map(named("minimum")),
        number().prop_map(named("exclusiveMaximum")),
        (1_u64..4).prop_map(|step| ("multipleOf".to_owned(), step.into())),
        count().prop_map(named("minLength")),
        count().prop_map(named("maxLength")),
        "[ab]".prop_map(|pattern| ("pattern".to_owned(), pattern.into())),
        count().prop_map(named("maxItems")),
        Just(("uniqueItems".to_owned(), json!(true))),
        below.clone().prop_map(named("items")),
        required.prop_map(named("required")),
        prop::collection::hash_map("[abc]", below.clone(), 0..3).prop_map(|members| {
            let members: serde_json::Map<_, _> = members.into_iter().collect();
            ("properties".to_owned(), members.into())
        }),
        below.clone().prop_map(named("additionalProperties")),
        Just(("additionalProperties".to_owned(), json!(false))),
        below.prop_map(named("not")),
        several.clone().prop_map(named("anyOf")),
        several.clone().prop_map(named("oneOf")),
        several.prop_map(named("allOf")),
    ]
}

fn schema() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(json!({})),
        Just(json!(true)),
        Just(json!({ "type": "string" }))
    ];
    leaf.prop_recursive(3, 16, 3, |below| {
        prop::collection::vec(keyword(below), 0..4)
            .prop_map(|keywords| Value::Object(keywords.into_iter().collect()))
    })
}

/// Changes one keyword somewhere, so that pairs are near to each other.
fn neighbours() -> impl Strategy<Value = (Value, Value)> {
    (
        schema(),
        schema(),
        any::<prop::sample::Index>(),
        any::<bool>(),
    )
        .prop_map(|(one, other, index, remove)| {
            let mut changed = one.clone();
            if let Some(members) = changed
                .as_object_mut()
                .filter(|members| !members.is_empty())
            {
                let name = members
                    .keys()
                    .nth(index.index(members.len()))
                    .unwrap()
                    .clone();
                match other.get(&name) {
                    Some(value) if !remove => drop(members.insert(name, value.clone())),
                    _ => drop(members.shift_remove(&name)),
                }
            }
            (one, changed)
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn what_is_proven_holds_for_every_value(
        (one, other) in neighbours(),
        values in prop::collection::vec(value(), 30),
    ) {
        for (wide, narrow) in [(&one, &other), (&other, &one)] {
            if proven(wide, narrow) {
                let wide_holds = jsonschema::validator_for(wide).unwrap();
                let narrow_holds = jsonschema::validator_for(narrow).unwrap();
                for value in &values {
                    prop_assert!(
                        !narrow_holds.is_valid(value) || wide_holds.is_valid(value),
                        "{value} is a value of {narrow} and not of {wide}"
                    );
                }
            }
        }
    }
}
