//! Overlays: what an operator knows better than a document.

#![expect(clippy::default_trait_access, reason = "it reads better in tests")]

use std::sync::Arc;

use plugwright_import::openapi::{self, Imported, Settings};
use plugwright_import::{Authentication, ImportedConnector, Outcome, Overlay, OverlayError};
use plugwright_sdk::host::{Effect, Registry, Returns};
use plugwright_sdk::testing::{Canned, block_on};
use plugwright_sdk::transport::{Plan, Response};
use plugwright_sdk::{ActionContext, Credential, Value, json};

fn imported() -> Imported {
    let document = json!({
        "openapi": "3.0.3",
        "info": { "title": "Pets", "version": "1" },
        "servers": [{ "url": "https://pets.test" }],
        "paths": {
            "/pets": {
                "get": {
                    "operationId": "listPets",
                    "parameters": [{ "name": "limit", "in": "query", "required": true, "schema": { "type": "integer" } }],
                    "responses": { "200": { "content": { "application/json": { "schema": {
                        "type": "object", "properties": { "id": { "type": "integer" }, "name": { "type": "string" } }, "additionalProperties": false,
                    } } } } },
                },
                "post": { "operationId": "findPets" },
            },
            "/admin/reset": { "post": { "operationId": "admin.reset" } },
        },
    });
    openapi::import(&document, &Settings::named("pets")).unwrap()
}

fn overlay(yaml: &str) -> Overlay {
    Overlay::read(yaml.as_bytes()).unwrap()
}

const OVERLAY: &str = "
display_name: My pets
base_url: https://{site}.pets.test
identity: { path: /me, id: /id, label: /mail }
hide: ['admin.*']
actions:
  pets.list: { rename: pets.browse, title: Browse pets, defaults: { limit: 50 }, fields: [name] }
  pets.find: { effect: read }
";

#[test]
fn the_user_name_of_a_basic_scheme_is_no_secret_if_the_overlay_says_so() {
    let document = json!({
        "swagger": "2.0",
        "host": "pets.test",
        "securityDefinitions": { "login": { "type": "basic" } },
        "security": [{ "login": [] }],
        "paths": { "/pets": { "get": {} } },
    });
    let credential = Credential::Basic {
        username: "jane@example.com".to_owned(),
        password: "hunter2-hunter2".into(),
    };
    for (yaml, clean) in [
        ("plain_username: true", "jane@example.com [redacted]"),
        ("plain_username: false", "[redacted] [redacted]"),
    ] {
        let mut imported = openapi::import(&document, &Settings::named("pets")).unwrap();
        overlay(yaml).apply(&mut imported).unwrap();
        let stored = serde_json::to_string(&imported.connector).unwrap();
        let stored: ImportedConnector = serde_json::from_str(&stored).unwrap();
        let connector = stored.connector().unwrap();
        let redactor = credential.redactor_under(connector.auth());
        assert_eq!(redactor.redact("jane@example.com hunter2-hunter2"), clean);
    }
    let error = overlay("plain_username: true").apply(&mut imported());
    assert!(error.unwrap_err().to_string().contains("HTTP Basic"));
}

#[test]
fn an_overlay_stands_in_place_of_what_the_document_says() {
    let mut imported = imported();
    overlay(OVERLAY).apply(&mut imported).unwrap();
    let hidden = imported
        .report
        .operations
        .iter()
        .find(|operation| operation.path == "/admin/reset");
    assert_eq!(hidden.unwrap().outcome, Outcome::Hidden);
    assert!(imported.connector.overlaid);
    // As it is stored.
    let stored = serde_json::to_vec(&imported.connector).unwrap();
    let connector = ImportedConnector::read(&stored)
        .unwrap()
        .connector()
        .unwrap();
    assert_eq!(connector.display_name(), "My pets");
    assert_eq!(connector.settings()[0].name, "site");
    let identity = connector.identity().unwrap();
    let account = identity
        .account(&json!({ "id": 7, "mail": "a@b.test" }))
        .unwrap();
    assert_eq!(
        (identity.path, account.id.as_str(), account.label.as_str()),
        ("/me", "7", "a@b.test")
    );

    let registry = Registry::new([&connector]).unwrap();
    assert!(registry.find("pets.admin.reset").is_err());
    let find = registry.find("pets.pets.find").unwrap().action;
    assert_eq!((find.effect(), find.idempotent()), (Effect::Read, true));
    let browse = registry.find("pets.pets.browse").unwrap().action;
    assert_eq!(
        (browse.title().as_ref(), browse.returns()),
        ("Browse pets", Returns::Single)
    );
    assert_eq!(browse.input_schema().get("required"), Some(&json!([])));

    let plan = Arc::new(Plan::new());
    let cx = ActionContext::builder(&connector, plan.clone())
        .setting("site", "eu")
        .build();
    drop(block_on(browse.decode(json!({})).unwrap().run(&cx)));
    assert_eq!(plan.requests()[0].url, "https://eu.pets.test/pets?limit=50");
    let answer = Canned::new(|_| {
        Ok(Response::new(
            200,
            Default::default(),
            r#"{"id":1,"name":"Rex"}"#,
        ))
    });
    let cx = ActionContext::builder(&connector, Arc::new(answer))
        .setting("site", "eu")
        .build();
    let result = block_on(browse.decode(json!({})).unwrap().run(&cx)).unwrap();
    assert_eq!(result.data, json!({ "name": "Rex" }));
}

#[test]
fn everything_that_does_not_fit_is_said_at_once() {
    let wrong = overlay(
        "
base_url: file:///x
hide: ['admn.*', pets.get]
actions:
  pets.lst: { title: x }
  pets.list: { rename: 'Bad Name', defaults: { limt: 1, limit: abc }, fields: [nam] }
  pets.find: { scopes: [pets], paging: true }
",
    );
    let Err(OverlayError::Unfit(faults)) = wrong.apply(&mut imported()) else {
        panic!("it does not fit");
    };
    let said = faults.join("; ");
    for part in [
        "did you mean `pets.list`?",
        "`limt`",
        "`nam`",
        "`file:///x`",
        "`hide` names no action by `admn.*`; `hide` names no action by `pets.get`",
        "the default of `limit` does not fit its schema",
        "no OAuth 2 scheme declares scope `pets`",
        "pets.find: `paging` is `false`, or says",
        "action name `Bad Name` is not allowed",
    ] {
        assert!(said.contains(part), "{part} is not in\n{said}");
    }
    for url in [
        "https://me:secret@pets.test",
        "https://pets.test?key=1",
        "https{:pets.test/",
        "https://{site.pets.test",
        "https://site}.pets.test",
        "https://{}.pets.test",
        "{scheme}://pets.test",
    ] {
        let wrong = Overlay::from_value(json!({ "base_url": url })).unwrap();
        assert!(wrong.apply(&mut imported()).is_err(), "{url}");
    }
    let unknown: Value = json!({ "actions": { "pets.list": { "titel": "x" } } });
    let error = Overlay::from_value(unknown).unwrap_err().to_string();
    assert!(error.contains("titel"), "{error}");
}

#[test]
fn keys_are_unique_and_stand_where_they_belong() {
    for (text, part) in [
        (
            "actions:\n  a.get: { effect: destructive }\n  a.get: { title: b }",
            "duplicate",
        ),
        (
            "{\"actions\": {\n\t\"a.get\": {\"effect\": \"destructive\"},\n\t\"a.get\": {}\n}}",
            "duplicate",
        ),
        ("hide: [a]\nhide: []", "duplicate"),
        ("[]", "a list"),
        ("actions: { a.get: [b.get] }", "a list"),
    ] {
        let error = Overlay::read(text.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    }
    let tabs = "{\n\t\"hide\": [\n\t\t\"a.*\"\n\t]\n}";
    assert_eq!(Overlay::read(tabs.as_bytes()).unwrap().hide, ["a.*"]);
}

#[test]
fn an_identity_and_a_header_must_be_such() {
    for (path, id, part) in [
        ("/me?x={y}", "/id", "below the base URL"),
        ("/../me", "/id", "below the base URL"),
        ("me", "/id", "below the base URL"),
        (
            "/me",
            "id",
            "must be a JSON pointer such as `/id`, and is `id`",
        ),
    ] {
        let value = json!({ "identity": { "path": path, "id": id, "label": "/mail" } });
        let error = Overlay::from_value(value).unwrap().apply(&mut imported());
        let error = error.unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    }
    for (header, is_allowed) in [
        ("X-Key", true),
        ("Authorization", true),
        ("Cookie", true),
        ("Host", false),
        ("content-length", false),
        ("Transfer-Encoding", false),
    ] {
        let read = format!("header:{header}").parse::<Authentication>();
        assert_eq!(read.is_ok(), is_allowed, "{header}");
    }
}

#[test]
fn fields_are_those_of_the_document_where_it_describes_them() {
    let apply = |schema: Value, field: &str| {
        let document = json!({ "openapi": "3.0.3", "servers": [{ "url": "https://pets.test" }],
            "paths": { "/pets": { "get": { "operationId": "findPets", "responses": { "200": {
                "content": { "application/json": { "schema": schema } } } } } } } });
        let mut imported = openapi::import(&document, &Settings::named("pets")).unwrap();
        let overlay = json!({ "actions": { "pets.find": { "fields": [field] } } });
        let applied = Overlay::from_value(overlay).unwrap().apply(&mut imported);
        applied.map_err(|error| error.to_string())
    };
    let pet = json!({ "type": "object", "properties": {
        "m": { "type": "string" }, "free": { "type": "object" },
        "labels": { "type": "object", "additionalProperties": { "type": "string" } },
    } });
    for field in ["m", "free.x", "labels.x"] {
        apply(pet.clone(), field).unwrap();
    }
    let error = apply(pet.clone(), "zz").unwrap_err();
    assert!(error.contains("has no field `zz`"), "{error}");
    let either = json!({ "oneOf": [pet, { "type": "object", "properties": { "p": {} } }] });
    apply(either.clone(), "p").unwrap();
    apply(either, "q").unwrap_err();
    apply(json!({}), "any").unwrap();
}

#[test]
fn pages_are_as_an_overlay_says_and_must_fit() {
    let document = json!({
        "openapi": "3.0.3", "servers": [{ "url": "https://pets.test" }],
        "paths": { "/pets": { "get": {
            "operationId": "findPets",
            "parameters": [{ "name": "from", "in": "query", "schema": { "type": "string" } }],
            "responses": { "200": { "content": { "application/json": { "schema": {
                "$ref": "#/components/schemas/Found",
            } } } } },
        } } },
        "components": { "schemas": {
            "Found": { "type": "object", "properties": {
                "pets": { "type": "array", "items": { "$ref": "#/components/schemas/Pet" } },
                "count": { "type": "integer" },
            } },
            "Pet": { "type": "object", "properties": { "name": { "type": "string" } } },
        } },
    });
    let apply = |paging: Value| {
        let mut imported = openapi::import(&document, &Settings::named("pets")).unwrap();
        let overlay = json!({ "actions": { "pets.find": { "paging": paging } } });
        let overlay = Overlay::from_value(overlay).map_err(|error| error.to_string())?;
        let applied = overlay.apply(&mut imported);
        applied.map_err(|error| error.to_string())?;
        Ok(imported.connector.actions.remove(0))
    };
    let cursor =
        |parameter: &str| json!({ "cursor": { "parameter": parameter, "pointer": "/next" } });
    let action = apply(json!({ "items": "/pets", "style": cursor("from") })).unwrap();
    assert_eq!(action.returns, Returns::List);
    assert_eq!(action.output["items"], json!({ "$ref": "#/$defs/Pet" }));
    for (paging, part) in [
        (
            json!({ "items": "/pets", "cursor": cursor("from") }),
            "`paging`: unknown field `cursor`",
        ),
        (
            json!({ "items": "/pets", "style": { "number": { "parameter": "from", "size": { "most": 5 } } } }),
            "unknown field `most`",
        ),
        (
            json!({ "items": "/pets", "style": cursor("to") }),
            "there is no query parameter `to`",
        ),
        (
            json!({ "items": "/nope", "style": cursor("from") }),
            "there is no list at `/nope`",
        ),
        (
            json!({ "items": "/count", "style": "link" }),
            "there is no list at `/count`",
        ),
        (
            json!({ "items": "/pets", "total": "count", "style": "whole" }),
            "`count` is no JSON pointer",
        ),
    ] {
        let error: String = apply(paging).unwrap_err();
        assert!(error.contains(part), "{part} is not in\n{error}");
    }
}

#[test]
fn the_items_that_an_overlay_names_are_in_the_answer_also_where_the_import_found_others() {
    let list = json!({ "type": "array", "items": { "type": "object" } });
    let document = json!({
        "openapi": "3.0.3", "servers": [{ "url": "https://pets.test" }],
        "paths": {
            "/pets": { "get": {
                "operationId": "listPets",
                "parameters": [{ "name": "cursor", "in": "query", "schema": { "type": "string" } }],
                "responses": { "200": { "content": { "application/json": { "schema": {
                    "type": "object", "properties": {
                        "data": list,
                        "next_cursor": { "type": "string" },
                        "more": { "type": "object", "properties": { "cats": list } },
                        "free": { "type": "object" },
                    },
                } } } } },
            } },
            "/cats": { "get": {
                "operationId": "listCats",
                "responses": { "200": { "content": { "application/json": { "schema": list } } } },
            } },
        },
    });
    let apply = |action: &str, items: &str| {
        let mut imported = openapi::import(&document, &Settings::named("pets")).unwrap();
        let paging = json!({ "items": items, "style": "link" });
        let overlay = json!({ "actions": { (action): { "paging": paging } } });
        let applied = Overlay::from_value(overlay).unwrap().apply(&mut imported);
        applied.map_err(|error| error.to_string())
    };
    for items in ["/data", "/more/cats", "/free/any"] {
        apply("pets.list", items).unwrap();
    }
    apply("cats.list", "").unwrap();
    for (action, items) in [
        ("pets.list", "/nosuch"),
        ("pets.list", "/next_cursor"),
        ("pets.list", "/next_cursor/a"),
        ("pets.list", "/more/dogs"),
        ("pets.list", ""),
        ("cats.list", "/data"),
    ] {
        let error = apply(action, items).unwrap_err();
        let expected = format!("there is no list at `{items}`");
        assert!(error.contains(&expected), "{error}");
    }
}
