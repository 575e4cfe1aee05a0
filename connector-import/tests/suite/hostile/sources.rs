//! Descriptions of other kinds: Google Discovery and Postman collections.

use plugwright_import::Outcome;
use plugwright_sdk::{Value, json};

use super::survives;

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
fn references_and_patterns_of_discovery_documents() {
    for reference in [
        "file:///etc/passwd",
        "http://169.254.169.254/latest/meta-data",
        "//evil.test/passwd",
        "../../../../etc/passwd",
        "#/../passwd",
    ] {
        let imported = survives(&json!({
            "kind": "discovery#restDescription", "name": "evil", "version": "v1", "title": "Evil",
            "rootUrl": "https://evil.test/", "servicePath": "v1/",
            "methods": {
                "send": {
                    "id": "evil.send", "path": "send", "httpMethod": "POST",
                    "request": { "$ref": reference }, "response": { "$ref": "A" },
                },
                "get": {
                    "id": "evil.get", "path": "get", "httpMethod": "GET",
                    "parameters": { "a": { "type": "string", "location": "query", "pattern": "(a+)+$" } },
                },
            },
            "schemas": { "A": { "type": "object", "properties": { "a": { "$ref": reference } } } },
        }));
        assert_eq!(imported.report.imported(), 2, "{:?}", imported.report);
        let stored = serde_json::to_string(&imported.connector).unwrap();
        assert!(
            !stored.contains("passwd") && !stored.contains("169.254"),
            "{stored}"
        );
    }
}

#[test]
fn files_that_collections_name() {
    let request = |body: Value| {
        json!({ "name": "Send it", "request": {
            "method": "POST", "url": "https://evil.test/a", "body": body,
        } })
    };
    let file = "/etc/passwd";
    let imported = survives(&json!({
        "info": { "name": "Evil", "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json" },
        "item": [
            request(json!({ "mode": "file", "file": { "src": file } })),
            request(json!({ "mode": "formdata", "formdata": [{ "key": "a", "type": "file", "src": file }] })),
            request(json!({ "mode": "raw", "raw": format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000)) })),
        ],
    }));
    assert!(imported.report.imported() > 0, "{:?}", imported.report);
    let stored = serde_json::to_string(&imported.connector).unwrap();
    assert!(
        !stored.contains("passwd") && !stored.contains("root:"),
        "{stored}"
    );
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
