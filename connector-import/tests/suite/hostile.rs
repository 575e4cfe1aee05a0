//! Documents that mean harm: bounded time and memory, a clear refusal, nothing executed or shown.

#![expect(clippy::needless_pass_by_value, reason = "it reads better in tests")]

mod sources;

use plugwright_import::openapi::{self, Imported, Settings};
use plugwright_import::{Outcome, read};
use plugwright_sdk::{Value, json};

use crate::patience::Patience;

/// None may take more memory, in bytes, with what the test itself makes.
#[cfg(target_os = "linux")]
const MOST_MEMORY: u64 = 1 << 30;

/// Checks the most memory that this process has had; each test has a process for itself where the
/// suite is run by nextest.
#[cfg(target_os = "linux")]
fn took_bounded_memory() {
    let status = procfs::process::Process::myself().unwrap().status();
    let bytes = status.unwrap().vmhwm.unwrap() << 10;
    assert!(bytes < MOST_MEMORY, "{bytes} bytes");
}

#[cfg(not(target_os = "linux"))]
fn took_bounded_memory() {}

fn document(schemas: Value, schema: Value) -> Value {
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Evil", "version": "1" },
        "servers": [{ "url": "https://evil.test" }],
        "paths": { "/a": { "post": {
            "operationId": "a.send",
            "requestBody": { "required": true, "content": { "application/json": { "schema": schema } } },
        } } },
        "components": { "schemas": schemas },
    })
}

/// Imports, makes the connector, reads the schemas and decodes an input, within the time.
fn survives(document: &Value) -> Imported {
    let patience = Patience::begin();
    let imported = openapi::import(document, &Settings::named("evil")).unwrap();
    let connector = imported.connector.clone().connector().unwrap();
    for action in connector.actions() {
        let schema = action.input_schema();
        assert!(
            schema.to_string().len() < 4 << 20,
            "{}",
            schema.to_string().len()
        );
        action.output_schema();
        let long = format!("{}!", "a".repeat(10_000));
        for input in [json!({ "body": { "a": long } }), json!({ "a": long })] {
            // Whether it is valid is not the question.
            drop(action.decode(input));
        }
    }
    patience.check();
    took_bounded_memory();
    imported
}

#[test]
fn references_that_multiply() {
    let mut schemas = json!({ "L0": { "type": "string" } });
    for level in 1..60 {
        let part = json!({ "$ref": format!("#/components/schemas/L{}", level - 1) });
        schemas[format!("L{level}")] = json!({ "allOf": vec![part; 10] });
    }
    survives(&document(
        schemas.clone(),
        json!({ "$ref": "#/components/schemas/L59" }),
    ));
    let mut inline = json!({ "type": "object", "properties": { "a": { "type": "string" } } });
    for _ in 0..40 {
        inline = json!({ "allOf": [inline, { "type": "object", "properties": { "b": { "type": "string" } } }] });
    }
    survives(&document(json!({}), inline));
    let mut objects = json!({ "M0": { "type": "object", "properties": { "x": {} } } });
    for level in 1..40 {
        let part = json!({ "$ref": format!("#/components/schemas/M{}", level - 1) });
        objects[format!("M{level}")] =
            json!({ "allOf": [part, part, { "additionalProperties": false }] });
    }
    survives(&document(
        objects,
        json!({ "$ref": "#/components/schemas/M39" }),
    ));
}

#[test]
fn schemas_in_schemas() {
    let mut schema = json!({ "type": "string" });
    for _ in 0..100 {
        schema = json!({ "type": "object", "properties": { "a": schema } });
    }
    let imported = survives(&document(json!({}), schema));
    assert_eq!(imported.report.operations[0].outcome, Outcome::Degraded);
    let deep = format!(
        "{{\"openapi\":\"3.0.0\",\"paths\":{{}},\"x\":{}{}}}",
        "[".repeat(1 << 20),
        "]".repeat(1 << 20)
    );
    assert!(read(deep.as_bytes()).is_err());
}

#[test]
fn documents_of_nothing_but_depth_or_values() {
    let patience = Patience::begin();
    for piece in [
        "[", "{\"a\":", "- ", "a: [", "\"\\", "[0,", "&a [*a,", "!!map {",
    ] {
        let text = piece.repeat((1 << 20) / piece.len());
        assert!(read(text.as_bytes()).is_err(), "{piece}");
    }
    let values = format!("{{\"enum\":[{}0]}}", "0,".repeat(10_000_000));
    let error = read(values.as_bytes()).unwrap_err();
    assert!(error.to_string().contains("values"), "{error}");
    patience.check();
    took_bounded_memory();
}

#[test]
fn lists_of_a_million_values() {
    let values: Vec<Value> = (0..1_000_000)
        .map(|number| json!(format!("v{number}")))
        .collect();
    let members = json!({ "a": { "type": "string", "enum": values } });
    let imported = survives(&document(
        json!({}),
        json!({ "type": "object", "properties": members }),
    ));
    let reasons = &imported.report.operations[0].reasons;
    assert!(reasons[0].contains("allowed values"), "{reasons:?}");
}

#[test]
fn members_by_the_thousand() {
    let members: serde_json::Map<String, Value> = (0..50_000)
        .map(|number| (format!("m{number}"), json!({ "type": "string" })))
        .collect();
    survives(&document(
        json!({}),
        json!({ "allOf": [{ "type": "object", "properties": members }, { "additionalProperties": false }] }),
    ));
}

#[test]
fn patterns_that_explode() {
    for pattern in [
        "(a+)+$",
        "(a|a)*$",
        "a{1000}{1000}{1000}",
        "((((a{100}){100}){100}){100})",
        "(?=x)",
        "[",
        "\\",
    ] {
        let member = json!({ "type": "string", "pattern": pattern });
        let patience = Patience::begin();
        let imported = survives(&document(
            json!({}),
            json!({ "type": "object", "properties": { "a": member }, "required": ["a"] }),
        ));
        let connector = imported.connector.connector().unwrap();
        let action = connector.actions().next().unwrap();
        drop(action.decode(json!({ "a": format!("{}!", "a".repeat(100_000)) })));
        patience.check();
    }
}

#[test]
fn alternatives_that_multiply_with_each_level_of_an_input() {
    let next = json!({
        "type": "object", "required": ["next"],
        "properties": { "next": { "$ref": "#/components/schemas/Node" } },
    });
    let leaf = json!({ "type": "integer" });
    for keyword in ["anyOf", "oneOf"] {
        let node = json!({ (keyword): [next, next, next, leaf] });
        let imported = survives(&document(
            json!({ "Node": node }),
            json!({ "type": "object", "properties": { "a": { "$ref": "#/components/schemas/Node" } } }),
        ));
        let connector = imported.connector.connector().unwrap();
        let action = connector.actions().next().unwrap();
        let patience = Patience::begin();
        let nested = |depth| (0..depth).fold(json!("x"), |next, _| json!({ "next": next }));
        for depth in [5, 100] {
            let error = action.decode(json!({ "a": nested(depth) })).err().unwrap();
            let faults = error.faults();
            let is_cut = faults[0].message.contains("nested too deep");
            assert_eq!(is_cut, depth == 100, "{faults:?}");
        }
        patience.check();
    }
}

#[test]
fn references_that_lead_out() {
    for reference in [
        "file:///etc/passwd",
        "http://169.254.169.254/latest/meta-data",
        "//evil.test/x",
        "../../../../etc/passwd",
        "other.yaml#/a",
        "data:application/json,{}",
    ] {
        let imported = survives(&document(json!({}), json!({ "$ref": reference })));
        let operation = &imported.report.operations[0];
        assert_eq!(operation.outcome, Outcome::Degraded, "{reference}");
        assert!(
            operation.reasons[0].contains("points outside the document"),
            "{:?}",
            operation.reasons
        );
        let stored = serde_json::to_string(&imported.connector).unwrap();
        assert!(
            !stored.contains("passwd") && !stored.contains("169.254"),
            "{stored}"
        );
    }
}

#[test]
fn names_and_texts_that_would_be_run_or_shown() {
    let evil = "<script>alert(1)</script>\u{1b}]0;owned\u{7}\u{9b}2J\u{202e}\r\n../../etc/passwd";
    let document = json!({
        "openapi": "3.0.0",
        "info": { "title": evil, "version": evil, "description": evil },
        "servers": [{ "url": "https://evil.test" }],
        "tags": [{ "name": evil }],
        "paths": { (format!("/{}", evil.replace("../", ""))): { "get": {} }, "/a": { "get": {
            "operationId": evil, "summary": evil, "description": evil, "tags": [evil],
            "parameters": [
                { "name": evil, "in": "query", "description": evil, "schema": { "type": "string", "description": evil, "format": evil } },
                { "name": evil, "in": "header" }, { "name": evil, "in": "cookie" },
            ],
            "security": [{ (evil): [evil] }],
        } } },
        "components": { "securitySchemes": { (evil): {
            "type": "oauth2", "description": evil, "flows": { "authorizationCode": {
                "authorizationUrl": "https://evil.test/a", "tokenUrl": "javascript:alert(1)", "scopes": { (evil): evil },
            } },
        } } },
    });
    let imported = survives(&document);
    let report = serde_json::to_string(&imported.report).unwrap();
    let action = &imported.connector.actions[0];
    assert!(
        action.name.bytes().all(|byte| byte.is_ascii_lowercase()
            || byte.is_ascii_digit()
            || matches!(byte, b'.' | b'_')),
        "{}",
        action.name
    );
    let shown = [
        action.title.clone(),
        action.description.clone(),
        imported.connector.parts.display_name.clone(),
        imported.connector.parts.description.clone(),
        imported.connector.parts.auth[0].label.clone(),
        action.input.to_string(),
    ];
    for text in &shown {
        assert!(!text.contains("<script"), "{text}");
        assert!(
            !text
                .chars()
                .any(|letter| letter.is_control() || letter == '\u{202e}'),
            "{text:?}"
        );
    }
    // What a report repeats of a document is quoted, and escaped again where it is printed.
    assert!(report.len() < 4096, "{report}");
    assert!(openapi::name(&document, &Settings::default()).is_ok());
}

#[test]
fn thousands_of_operations_of_one_name() {
    let paths: serde_json::Map<String, Value> = (0..3_000)
        .map(|number| {
            (
                format!("/p{number}"),
                json!({ "get": { "operationId": "listThings" } }),
            )
        })
        .collect();
    let document =
        json!({ "openapi": "3.0.0", "info": { "title": "x", "version": "1" }, "paths": paths });
    let imported = survives(&document);
    let names: std::collections::HashSet<_> = imported
        .connector
        .actions
        .iter()
        .map(|action| &action.name)
        .collect();
    assert_eq!(names.len(), 3_000);
}

#[test]
fn names_by_the_thousand_that_become_one() {
    let odd = |number: usize| -> String {
        let digits = number.to_string();
        digits
            .chars()
            .map(|digit| char::from_u32(digit as u32 + 0x4e00).unwrap())
            .collect()
    };
    let schemas: serde_json::Map<String, Value> = (0..20_000)
        .map(|number| (odd(number), json!({ "type": "string" })))
        .collect();
    let parameters: Vec<Value> = (0..20_000)
        .map(|number| {
            let schema = json!({ "$ref": format!("#/components/schemas/{}", odd(number)) });
            json!({ "name": odd(number), "in": "query", "schema": schema })
        })
        .collect();
    let document = json!({
        "openapi": "3.0.0", "info": { "title": "x", "version": "1" },
        "servers": [{ "url": "https://evil.test" }],
        "paths": { "/a": { "get": { "parameters": parameters } } },
        "components": { "schemas": schemas },
    });
    let imported = survives(&document);
    let input = &imported.connector.actions[0].input["properties"];
    assert_eq!(input.as_object().unwrap().len(), 20_000);
}

/// A document of many paths that all have what one path has.
fn many_paths(count: usize, item: Value) -> Value {
    let paths: serde_json::Map<String, Value> = (0..count)
        .map(|number| (format!("/p{number}"), json!({ "$ref": "#/x-item" })))
        .collect();
    json!({
        "openapi": "3.0.0", "info": { "title": "x", "version": "1" },
        "servers": [{ "url": "https://evil.test" }], "paths": paths, "x-item": item,
    })
}

#[test]
fn patterns_of_an_output() {
    let part = json!({ "type": "string", "pattern": "^[\\p{L}\\p{N}]{0,3}x$" });
    let parts: serde_json::Map<String, Value> = (0..1_900)
        .map(|number| (format!("p{number}"), part.clone()))
        .collect();
    let answer = json!({ "schema": { "type": "object", "properties": parts, "patternProperties": { "^x": {} } } });
    let document = json!({
        "openapi": "3.0.0", "info": { "title": "x", "version": "1" },
        "servers": [{ "url": "https://evil.test" }],
        "paths": { "/a": { "get": { "responses": { "200": {
            "description": "x", "content": { "application/json": answer },
        } } } } },
    });
    let connector = survives(&document).connector.connector().unwrap();
    let output = connector
        .actions()
        .next()
        .unwrap()
        .output_schema()
        .to_string();
    assert!(output.contains("p7") && !output.contains("\"^"), "{output}");
}

#[test]
fn one_large_path_many_times() {
    let methods = ["get", "put", "post", "delete", "options", "head", "patch"];
    let parameter =
        |name: String, schema: &Value| json!({ "name": name, "in": "query", "schema": schema });
    let values: Vec<Value> = (0..500)
        .map(|number| json!(format!("value{number}")))
        .collect();
    let values = json!({ "type": "string", "enum": values });
    let text = json!({ "type": "string" });
    let few = vec![parameter("a".to_owned(), &values)];
    let many = (0..3000).map(|number| parameter(format!("p{number}"), &text));
    let long =
        json!({ "name": "a", "in": "query", "description": "long ".repeat(500), "example": "x" });
    for (count, parameters) in [(2_000, few), (400, many.collect()), (20_000, vec![long])] {
        let mut item = json!({ "parameters": parameters });
        for method in methods {
            item[method] = json!({ "responses": {} });
        }
        let patience = Patience::begin();
        let settings = Settings::named("evil");
        let imported = openapi::import(&many_paths(count, item), &settings).unwrap();
        patience.check();
        took_bounded_memory();
        let refused = imported.report.count(Outcome::Refused);
        assert!(imported.report.imported() > 0);
        assert!(refused > 0, "{} are made", imported.report.imported());
    }
}
