//! Schemas that mean harm: each becomes a tool of bounded size, or none, in bounded time.

#![expect(clippy::needless_pass_by_value, reason = "it reads better in tests")]

use std::time::{Duration, Instant};

use plugwright_tools::{Dialect, Tool};
use serde_json::{Map, Value, json};

/// All tools of a schema must be there after this time, in a build without optimization.
const PATIENCE: Duration = Duration::from_mins(1);

/// Those of the other API of OpenAI are lowered alike.
const DIALECTS: [Dialect; 4] = [
    Dialect::OpenAi,
    Dialect::OpenAiStrict,
    Dialect::Anthropic,
    Dialect::Gemini,
];

/// No definition is longer, in bytes.
const LONGEST: usize = 16 << 20;

/// Makes a tool in each dialect and calls it with these arguments.
fn survives(schema: &Value, arguments: &Value) {
    let began = Instant::now();
    for dialect in DIALECTS {
        let Ok(tool) = Tool::new(dialect, "test", "", schema) else {
            continue;
        };
        let length = tool.definition().to_string().len();
        assert!(length < LONGEST, "{dialect}: {length} bytes");
        tool.input(arguments.clone());
    }
    assert!(began.elapsed() < PATIENCE, "{:?}", began.elapsed());
}

fn with_a(schema: Value, definitions: Value) -> Value {
    json!({ "type": "object", "properties": { "a": schema }, "$defs": definitions })
}

/// Makes definitions each of which refers to the next in a way.
fn chain(count: usize, link: impl Fn(Value) -> Value) -> Value {
    let mut definitions = Map::new();
    definitions.insert("D0".to_owned(), json!({ "type": "string" }));
    for number in 1..count {
        let next = json!({ "$ref": format!("#/$defs/D{}", number - 1) });
        definitions.insert(format!("D{number}"), link(next));
    }
    definitions.into()
}

fn members(schema: &Value) -> Value {
    let members = (0..10).map(|number| (format!("m{number}"), schema.clone()));
    let members: Map<_, _> = members.collect();
    json!({ "type": "object", "properties": members })
}

#[test]
fn references_that_multiply() {
    let last = json!({ "$ref": "#/$defs/D59" });
    let all = chain(60, |next| json!({ "allOf": vec![next; 10] }));
    survives(&with_a(last.clone(), all.clone()), &json!({ "a": 1 }));
    survives(
        &json!({ "type": "object", "allOf": [last], "$defs": all }),
        &json!({}),
    );
    for link in [
        |next: Value| json!({ "anyOf": vec![next; 10] }),
        |next: Value| members(&next),
    ] {
        survives(&with_a(last.clone(), chain(60, link)), &json!({ "a": 1 }));
    }
}

#[test]
fn long_chains_of_references() {
    let last = json!({ "$ref": "#/$defs/D599" });
    for link in [
        |next: Value| json!({ "anyOf": [next, { "type": "integer" }] }),
        |next: Value| json!({ "allOf": [next] }),
        |next: Value| json!({ "type": "array", "items": next }),
        |next: Value| json!({ "type": "object", "additionalProperties": next }),
        |next: Value| json!({ "type": "object", "properties": { "next": next } }),
        |next: Value| next,
    ] {
        survives(
            &with_a(last.clone(), chain(600, link)),
            &json!({ "a": [[1]] }),
        );
    }
}

#[test]
fn definitions_that_are_nothing_but_themselves() {
    for definitions in [
        json!({ "A": { "$ref": "#/$defs/A" } }),
        json!({ "A": { "$ref": "#/$defs/B" }, "B": { "$ref": "#/$defs/A" } }),
        json!({ "A": { "anyOf": [{ "$ref": "#/$defs/A" }, { "type": "string" }] } }),
        json!({ "A": { "allOf": [{ "$ref": "#/$defs/A" }] } }),
        json!({ "A": { "type": ["object", "null"], "properties": { "a": { "$ref": "#/$defs/A" } } } }),
    ] {
        let schema = with_a(json!({ "$ref": "#/$defs/A" }), definitions);
        for given in [
            json!({ "a": 1 }),
            json!({ "a": "x" }),
            json!({ "a": { "a": null } }),
        ] {
            survives(&schema, &given);
        }
    }
}

#[test]
fn long_texts_and_lists_that_are_repeated() {
    let values: Vec<_> = (0..2000).map(|number| format!("value {number}")).collect();
    let long = "x".repeat(50_000);
    let mut named = Map::new();
    named.insert(long.clone(), json!({ "type": "string" }));
    for last in [
        json!({ "enum": values }),
        json!({ "type": "string", "description": long }),
        json!({ "type": "string", "default": long }),
        json!({ "type": "object", "properties": named }),
        json!({ "not": { "const": long } }),
    ] {
        let mut definitions = chain(8, |next| members(&next));
        definitions["D0"] = last;
        survives(
            &with_a(json!({ "$ref": "#/$defs/D7" }), definitions),
            &json!({}),
        );
    }
}

#[test]
fn members_and_alternatives_by_the_thousand() {
    let member = |number: usize| (format!("m{number}"), json!({ "type": "string" }));
    let many: Map<_, _> = (0..2000).map(member).collect();
    survives(&json!({ "type": "object", "properties": many }), &json!({}));
    let alternatives: Vec<_> = (0..500)
        .map(|number| {
            let properties: Map<_, _> = [member(number)].into_iter().collect();
            json!({ "properties": properties, "required": [format!("m{number}")] })
        })
        .collect();
    survives(
        &json!({ "type": "object", "anyOf": alternatives }),
        &json!({}),
    );
    survives(
        &with_a(json!({ "anyOf": alternatives }), json!({})),
        &json!({}),
    );
}
