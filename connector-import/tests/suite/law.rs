//! The law of imports: an input that the published schema accepts makes a request that the document
//! describes.

#![expect(clippy::format_collect, reason = "it reads better in tests")]

use std::sync::Arc;

use plugwright_import::openapi::{self, Settings};
use plugwright_sdk::schema::example;
use plugwright_sdk::testing::block_on;
use plugwright_sdk::transport::{Plan, PlannedRequest};
use plugwright_sdk::{ActionContext, Value, json};
use proptest::prelude::*;
use url::Url;

/// A parameter of the document, with a value for it.
#[derive(Clone, Debug)]
struct Parameter {
    name: String,
    place: &'static str,
    explode: bool,
    value: Value,
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<i32>().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        "[a-zA-Z0-9 /?#&=%+äß.~-]{1,12}".prop_map(Value::from),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        3 => scalar(),
        1 => prop::collection::vec("[a-z]{1,4}", 1..4).prop_map(Value::from),
    ]
}

fn parameter(index: usize) -> impl Strategy<Value = Parameter> {
    let place = prop_oneof![Just("path"), Just("query"), Just("header")];
    (place, any::<bool>(), value()).prop_map(move |(place, explode, value)| Parameter {
        name: format!("p{index}"),
        place,
        explode,
        value,
    })
}

fn parameters() -> impl Strategy<Value = Vec<Parameter>> {
    (0_usize..6).prop_flat_map(|count| (0..count).map(parameter).collect::<Vec<_>>())
}

fn schema_of(value: &Value) -> Value {
    match value {
        Value::Bool(_) => json!({ "type": "boolean" }),
        Value::Number(_) => json!({ "type": "integer" }),
        Value::Array(_) => json!({ "type": "array", "items": { "type": "string" } }),
        _ => json!({ "type": "string" }),
    }
}

fn document(parameters: &[Parameter], body: &Value) -> Value {
    let path: String = parameters
        .iter()
        .filter(|parameter| parameter.place == "path")
        .map(|parameter| format!("/{{{}}}", parameter.name))
        .collect();
    let stated: Vec<_> = parameters
        .iter()
        .map(|parameter| {
            json!({
                "name": parameter.name, "in": parameter.place, "required": true,
                "explode": parameter.explode, "schema": schema_of(&parameter.value),
            })
        })
        .collect();
    json!({
        "openapi": "3.0.3",
        "info": { "title": "Law", "version": "1" },
        "servers": [{ "url": "https://law.test/base" }],
        "paths": { (format!("/things{path}")): { "post": {
            "operationId": "thing.send",
            "parameters": stated,
            "requestBody": { "required": true, "content": { "application/json": { "schema": body } } },
        } } },
    })
}

fn plan(document: &Value, input: Value) -> PlannedRequest {
    let imported = openapi::import(document, &Settings::named("law")).unwrap();
    let connector = imported.connector.connector().unwrap();
    let action = connector.actions().next().unwrap();
    let plan = Arc::new(Plan::new());
    let cx = ActionContext::builder(&connector, plan.clone()).build();
    let result = block_on(action.decode(input).unwrap().run(&cx));
    plan.requests()
        .into_iter()
        .next()
        .unwrap_or_else(|| panic!("{}", result.unwrap_err()))
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(text).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

/// A schema of a body, with a value that fits it.
fn body() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(json!({ "type": "string", "minLength": 2 })),
        Just(json!({ "type": "integer", "minimum": 3, "maximum": 9 })),
        Just(json!({ "type": "boolean" })),
        Just(json!({ "type": "string", "enum": ["a", "b"], "nullable": true })),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| {
                let members: serde_json::Map<String, Value> = parts
                    .into_iter()
                    .enumerate()
                    .map(|(index, part)| (format!("b{index}"), part))
                    .collect();
                let required: Vec<_> = members.keys().cloned().collect();
                json!({ "type": "object", "properties": members, "required": required })
            }),
            inner
                .clone()
                .prop_map(|items| json!({ "type": "array", "items": items, "minItems": 1 })),
            inner.prop_map(|part| json!({ "allOf": [part] })),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_parameter_is_where_the_document_says(parameters in parameters()) {
        let document = document(&parameters, &json!({ "type": "object" }));
        let input: serde_json::Map<String, Value> = parameters
            .iter()
            .map(|parameter| (parameter.name.clone(), parameter.value.clone()))
            .chain([("body".to_owned(), json!({}))])
            .collect();
        let is_dots = |parameter: &Parameter| matches!(text(&parameter.value).as_str(), "." | "..");
        prop_assume!(!parameters.iter().any(|parameter| parameter.place == "path" && is_dots(parameter)));
        // A header's value has no blanks at its ends, and here no letters beyond ASCII.
        prop_assume!(parameters.iter().all(|parameter| {
            let text = text(&parameter.value);
            parameter.place != "header" || (text.trim() == text && text.is_ascii())
        }));
        let planned = plan(&document, input.into());
        let url = Url::parse(&planned.url).unwrap();
        let mut segments = url.path_segments().unwrap().skip(2);
        for parameter in &parameters {
            let expected = text(&parameter.value);
            match parameter.place {
                "path" => {
                    let segment = segments.next().unwrap();
                    let decoded = percent_encoding::percent_decode_str(segment).decode_utf8().unwrap();
                    prop_assert_eq!(decoded.as_ref(), expected.as_str());
                }
                "query" => {
                    let found: Vec<_> = url
                        .query_pairs()
                        .filter(|(name, _)| *name == parameter.name)
                        .map(|(_, value)| value.into_owned())
                        .collect();
                    let separate = parameter.explode && parameter.value.is_array();
                    prop_assert_eq!(found.join(","), expected);
                    prop_assert_eq!(found.len() > 1, separate && parameter.value.as_array().unwrap().len() > 1);
                }
                _ => {
                    let found = planned.headers.iter().find(|(name, _)| *name == parameter.name);
                    prop_assert_eq!(&found.unwrap().1, &expected);
                }
            }
        }
        prop_assert_eq!(segments.next(), None);
    }

    #[test]
    fn a_body_that_is_accepted_fits_the_document(schema in body()) {
        let document = document(&[], &schema);
        let imported = openapi::import(&document, &Settings::named("law")).unwrap();
        let connector = imported.connector.connector().unwrap();
        let input = example::of(&connector.actions().next().unwrap().input_schema());
        let planned = plan(&document, input);
        let body: Value = serde_json::from_slice(&planned.body.unwrap().bytes()).unwrap();
        // `nullable` is of OpenAPI 3.0; the values here have no null, so that the rest decides.
        let validator = jsonschema::validator_for(&schema).unwrap();
        prop_assert!(validator.is_valid(&body), "{body} does not fit {schema}");
    }
}
