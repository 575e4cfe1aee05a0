//! What reads descriptions of APIs, and what an operator lays over them.

use std::sync::{Arc, LazyLock};

use plugwright_import::openapi::{self, Imported, Settings};
use plugwright_import::{ImportedConnector, Overlay, read};
use plugwright_sdk::host::Connector;
use plugwright_sdk::schema::example;
use plugwright_sdk::testing::block_on;
use plugwright_sdk::transport::Plan;
use plugwright_sdk::{ActionContext, ErrorCode, Value, json};

const LONGEST_NAME: usize = 64;
/// Longest schema that an action makes, in bytes.
const LONGEST_SCHEMA: usize = 4 << 20;
/// Of a connector so many actions are called.
const CALLED: usize = 10;

/// Returns whether a text can be shown as it is: it changes neither a terminal nor what surrounds it.
fn is_plain(text: &str) -> bool {
    text.chars().all(|letter| {
        !letter.is_control() && !matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    })
}

/// Checks what a description became: it can be shown, stored and called.
pub(crate) fn check(imported: Imported) {
    let connector = imported.connector;
    for action in &connector.actions {
        let name = &action.name;
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_');
        assert!(name.bytes().all(fits), "{name:?}");
        let length = connector.parts.name.len() + 1 + name.len();
        assert!(length <= LONGEST_NAME, "{name}");
        for text in [&action.title, &action.description] {
            assert!(is_plain(text), "{text:?}");
        }
    }
    let stored = plugwright_sdk::serde_json::to_string(&connector).expect("JSON");
    let read: ImportedConnector =
        plugwright_sdk::serde_json::from_str(&stored).expect("the stored form is read");
    assert_eq!(read.actions.len(), connector.actions.len());
    call(&connector.connector().expect("a connector"));
}

/// Calls actions with inputs of their schemas, as far as a plan goes.
fn call(connector: &Connector) {
    for action in connector.actions().take(CALLED) {
        let schema = action.input_schema();
        for schema in [&schema, &action.output_schema()] {
            let length = schema.to_string().len();
            assert!(length <= LONGEST_SCHEMA, "{length} bytes");
        }
        action.params();
        for input in [example::of(&schema), example::smallest(&schema).into()] {
            let Ok(invocation) = action.decode(input) else {
                continue;
            };
            let plan = Arc::new(Plan::new());
            let cx = ActionContext::builder(connector, plan.clone()).build();
            if let Err(error) = block_on(invocation.run(&cx)) {
                assert_ne!(error.code(), ErrorCode::InternalError, "{error}");
            }
        }
    }
}

/// Imports a document, of the kind that `set` makes it.
fn import(bytes: &[u8], set: impl FnOnce(&mut Value)) {
    let Ok(mut document) = read(bytes) else {
        return;
    };
    if document.is_object() {
        set(&mut document);
    }
    if let Ok(imported) = openapi::import(&document, &Settings::named("fuzzed")) {
        check(imported);
    }
    // The title names a connector where there is no setting.
    if let Ok(name) = openapi::name(&document, &Settings::default()) {
        assert!(is_plain(&name) && !name.contains(['/', '\\']), "{name:?}");
    }
}

/// An OpenAPI document, or one of Swagger 2.0.
pub fn openapi(bytes: &[u8]) {
    import(bytes, |document| {
        if document.get("swagger").is_none() && document.get("openapi").is_none() {
            document["openapi"] = "3.1.0".into();
        }
    });
}

/// A Discovery document of Google's.
pub fn discovery(bytes: &[u8]) {
    import(bytes, |document| {
        document["kind"] = "discovery#restDescription".into();
    });
}

/// A Postman collection.
pub fn postman(bytes: &[u8]) {
    import(bytes, |document| {
        if !document["info"].is_object() {
            document["info"] = json!({});
        }
        document["info"]["schema"] =
            "https://schema.getpostman.com/json/collection/v2.1.0/collection.json".into();
    });
}

static PETS: LazyLock<Imported> = LazyLock::new(|| {
    let document = json!({
        "openapi": "3.0.3",
        "info": { "title": "Pets", "version": "1" },
        "servers": [{ "url": "https://pets.test" }],
        "paths": {
            "/pets": {
                "get": {
                    "operationId": "listPets",
                    "parameters": [
                        { "name": "limit", "in": "query", "required": true, "schema": { "type": "integer" } },
                        { "name": "page", "in": "query", "schema": { "type": "integer" } },
                    ],
                    "responses": { "200": { "content": { "application/json": { "schema": {
                        "type": "object",
                        "properties": { "id": { "type": "integer" }, "name": { "type": "string" } },
                    } } } } },
                },
                "post": { "operationId": "findPets" },
            },
            "/admin/reset": { "post": { "operationId": "admin.reset" } },
        },
    });
    openapi::import(&document, &Settings::named("fuzzed")).expect("a connector")
});

/// An overlay.
pub fn overlays(bytes: &[u8]) {
    let Ok(overlay) = Overlay::read(bytes) else {
        return;
    };
    let mut imported = PETS.clone();
    if overlay.apply(&mut imported).is_ok() {
        call(&imported.connector.connector().expect("a connector"));
    }
}
