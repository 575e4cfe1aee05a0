//! Documents that mean harm: bounded time and memory, a clear refusal, nothing executed or shown.

#![expect(clippy::needless_pass_by_value, reason = "it reads better in tests")]

use std::time::{Duration, Instant};

use plugwright_import::openapi::{self, Imported, Settings};
use plugwright_import::{Outcome, read};
use plugwright_sdk::{Value, json};

/// No document below may take longer, in a build without optimization.
const PATIENCE: Duration = Duration::from_secs(30);

/// None may take more memory, in bytes, with what the test itself makes.
#[cfg(target_os = "linux")]
const MOST_MEMORY: u64 = 1 << 30;

/// Checks the most memory that this process has had; each test has a process for itself where the
/// suite is run by nextest.
#[cfg(target_os = "linux")]
fn took_bounded_memory() {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kibibytes = line.unwrap().split_whitespace().nth(1).unwrap();
    let bytes = kibibytes.parse::<u64>().unwrap() << 10;
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
    let started = Instant::now();
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
        drop(action.decode(json!({ "body": { "a": "x".repeat(10_000) } })));
    }
    assert!(started.elapsed() < PATIENCE, "{:?}", started.elapsed());
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
    let started = Instant::now();
    for piece in [
        "[", "{\"a\":", "- ", "a: [", "\"\\", "[0,", "&a [*a,", "!!map {",
    ] {
        let text = piece.repeat((1 << 20) / piece.len());
        assert!(read(text.as_bytes()).is_err(), "{piece}");
    }
    let values = format!("{{\"enum\":[{}0]}}", "0,".repeat(10_000_000));
    let error = read(values.as_bytes()).unwrap_err();
    assert!(error.to_string().contains("values"), "{error}");
    assert!(started.elapsed() < PATIENCE, "{:?}", started.elapsed());
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
        let started = Instant::now();
        let imported = survives(&document(
            json!({}),
            json!({ "type": "object", "properties": { "a": member }, "required": ["a"] }),
        ));
        let connector = imported.connector.connector().unwrap();
        let action = connector.actions().next().unwrap();
        drop(action.decode(json!({ "a": format!("{}!", "a".repeat(100_000)) })));
        assert!(
            started.elapsed() < PATIENCE,
            "{pattern}: {:?}",
            started.elapsed()
        );
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
            operation.reasons[0].contains("leads out of the document"),
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
fn discovery_documents_that_mean_harm() {
    let evil = "<script>alert(1)</script>\u{1b}]0;owned\u{7}\u{9b}2J\u{202e}\r\n../../etc/passwd";
    let values: Vec<Value> = (0..50_000)
        .map(|number| json!(format!("v{number}")))
        .collect();
    let method = |id: &str, path: &str| {
        json!({
            "id": id, "path": path, "httpMethod": "GET", "description": evil, "scopes": [evil],
            "parameters": {
                (evil): { "type": "string", "location": "query", "description": evil, "pattern": "(a+)+$" },
                "name": { "type": "string", "location": "path", "default": [evil] },
                "kind": { "type": "string", "location": "query", "enum": values, "enumDescriptions": values },
            },
            "request": { "$ref": "Loop" }, "response": { "$ref": evil }, "supportsMediaDownload": true,
            "mediaUpload": { "accept": [evil], "protocols": { "simple": { "path": evil } } },
        })
    };
    let mut schemas = json!({
        "Loop": { "$ref": "Loop" },
        "Round": { "type": "object", "properties": { "a": { "$ref": "Round" }, "b": { "$ref": "Loop" } } },
        (evil): { "type": "object", "description": evil, "properties": { (evil): { "type": evil } } },
    });
    for level in 0..60 {
        let next = json!({ "$ref": format!("L{}", level + 1) });
        let members: serde_json::Map<String, Value> = (0..10)
            .map(|number| (format!("m{number}"), next.clone()))
            .collect();
        schemas[format!("L{level}")] = json!({ "type": "object", "properties": members });
    }
    let mut resources = json!({ "methods": { "get": method("evil.deep.get", "{+name}") } });
    for _ in 0..100 {
        resources = json!({ "resources": { (evil): resources } });
    }
    resources["methods"] = json!({
        "up": method("evil.up", "../../{+name}"),
        "odd": method(evil, "a/{+name}/{{x}"),
        "same": method("evil.same", "same"),
        "again": method("evil.same", "same"),
        "once_more": method("evil.same", "same"),
    });
    resources["kind"] = "discovery#restDescription".into();
    resources["title"] = evil.into();
    resources["rootUrl"] = "file:///etc/".into();
    resources["parameters"] = json!({ "key": {}, "fields": { "description": evil } });
    resources["auth"] = json!({ "oauth2": { "scopes": { (evil): { "description": evil } } } });
    resources["schemas"] = schemas;
    let imported = survives(&resources);
    assert!(imported.connector.parts.base_url.starts_with('{'));
    assert!(imported.report.count(Outcome::Refused) > 0);
    assert!(imported.report.imported() > 0);
    for action in &imported.connector.actions {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_');
        assert!(action.name.bytes().all(plain), "{}", action.name);
        for text in [
            &action.title,
            &action.description,
            &action.input.to_string(),
        ] {
            assert!(!text.contains("<script"), "{text}");
            assert!(
                !text
                    .chars()
                    .any(|letter| letter.is_control() || letter == '\u{202e}')
            );
        }
    }
}

#[test]
fn collections_that_mean_harm() {
    let evil = "<script>alert(1)</script>\u{1b}]0;owned\u{7}\u{202e}\r\n../../etc/passwd";
    let request = |url: Value, raw: &str| {
        json!({ "name": evil, "request": {
            "method": "POST", "url": url, "description": evil,
            "header": [{ "key": evil, "value": evil }, { "key": "X-A", "value": evil }],
            "body": { "mode": "raw", "raw": raw },
        }, "response": [{ "code": 200, "body": raw, "header": format!("Content-Type: {evil}") }] })
    };
    let braces = "{{".repeat(500_000);
    let colons = ":".repeat(1_000_000);
    let deep = format!("{}{}", "[".repeat(100), "]".repeat(100));
    let mut item = json!([
        request(evil.into(), &deep),
        request("{{a}}/b".into(), &braces),
        request(braces.as_str().into(), "{\"a\": {{b}"),
        request(colons.as_str().into(), ""),
        request(format!("https://evil.test/{colons}?{colons}").into(), ""),
        request("file:///etc/passwd".into(), "x"),
        request("https://evil.test/../../etc/passwd".into(), "x"),
        request(
            json!({ "host": ["{{a}}"], "path": [evil, { "value": ":x" }], "query": [{ "key": evil, "value": evil }] }),
            "1"
        ),
    ]);
    for _ in 0..50 {
        item = json!([{ "name": evil, "item": item }]);
    }
    // Values that have one another.
    let variables: Vec<Value> = (0..40)
        .map(|number| {
            let next = format!("{{{{v{}}}}}", (number + 1) % 40);
            json!({ "key": format!("v{number}"), "value": next.repeat(50) })
        })
        .chain([json!({ "key": "a", "value": "{{v0}}{{a}}" })])
        .collect();
    let collection = json!({
        "info": { "name": evil, "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json" },
        "item": item, "variable": variables,
        "auth": { "type": "apikey", "apikey": [{ "key": "key", "value": evil }] },
    });
    let imported = survives(&collection);
    for action in &imported.connector.actions {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_');
        assert!(action.name.bytes().all(plain), "{}", action.name);
        for text in [&action.title, &action.description] {
            assert!(!text.contains("<script"), "{text}");
            assert!(
                !text
                    .chars()
                    .any(|letter| letter.is_control() || letter == '\u{202e}')
            );
        }
    }
    let refused = imported.report.count(Outcome::Refused);
    assert!(refused > 0, "{:?}", imported.report);
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
