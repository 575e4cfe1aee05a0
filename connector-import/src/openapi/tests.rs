#![expect(clippy::needless_pass_by_value, reason = "it reads better in tests")]
mod auth;
mod azure;
mod ends;
mod envelopes;
mod lists;
mod media;
mod schemas;
mod wire;

use std::sync::Arc;

use plugwright_sdk::host::{Effect, Registry};
use plugwright_sdk::testing::block_on;
use plugwright_sdk::transport::{Plan, PlannedRequest};
use plugwright_sdk::{ActionContext, ActionError, Auth, json};

use super::*;

fn document(paths: Value) -> Value {
    json!({
        "openapi": "3.0.3",
        "info": { "title": "Shop", "version": "1.2.0" },
        "servers": [{ "url": "https://shop.test/api" }],
        "paths": paths,
    })
}

fn with(mut document: Value, pointer: &str, part: Value) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    if parent.is_empty() {
        document[name] = part;
    } else {
        document[&parent[1..]][name] = part;
    }
    document
}

fn imported(document: &Value) -> Imported {
    import(document, &Settings::named("shop")).unwrap()
}

/// Imports a document of one operation.
fn one(operation: Value) -> ImportedAction {
    let imported = imported(&document(json!({ "/things": { "get": operation } })));
    imported.connector.actions.into_iter().next().unwrap()
}

fn plan(document: &Value, action: &str, input: Value) -> Result<PlannedRequest, ActionError> {
    plan_for(true, document, action, input)
}

/// Plans the call of someone who may do everything, or not.
fn plan_for(
    may_act_for_others: bool,
    document: &Value,
    action: &str,
    input: Value,
) -> Result<PlannedRequest, ActionError> {
    let registry = Registry::new([imported(document).connector.connector().unwrap()]).unwrap();
    let entry = registry.find(&format!("shop.{action}")).unwrap();
    let plan = Arc::new(Plan::new());
    let placeholder = entry.connector.auth().first().map(Auth::placeholder);
    let cx = ActionContext::builder(&entry.connector, plan.clone())
        .credential(placeholder.unwrap_or_default())
        .run_id("run")
        .may_act_for_others(may_act_for_others)
        .build();
    let invocation = entry.action.decode(input)?;
    let result = block_on(invocation.run(&cx));
    match plan.requests().into_iter().next() {
        Some(request) => Ok(request),
        None => Err(result.unwrap_err()),
    }
}

#[test]
fn parameters_and_body_are_one_flat_input_and_one_request() {
    let document = document(json!({ "/shops/{shop}/items": {
        "parameters": [{ "name": "shop", "in": "path", "required": true, "schema": { "type": "string" } }],
        "post": {
            "operationId": "createItem",
            "parameters": [
                { "name": "tags", "in": "query", "style": "pipeDelimited", "explode": false,
                  "schema": { "type": "array", "items": { "type": "string" } } },
                { "name": "filter", "in": "query", "style": "deepObject",
                  "schema": { "type": "object", "properties": { "size": { "type": "integer" } } } },
                { "name": "X-Trace", "in": "header", "schema": { "type": "string" } },
                { "name": "Authorization", "in": "header", "schema": { "type": "string" } },
                { "name": "lang", "in": "cookie", "schema": { "type": "string" } },
            ],
            "requestBody": { "required": true, "content": { "application/json": { "schema": {
                "type": "object", "required": ["name"],
                "properties": { "name": { "type": "string" }, "shop": { "type": "integer" }, "id": { "type": "string", "readOnly": true } },
            } } } },
        },
    } }));
    let input = json!({
        "shop": "a/b", "tags": ["x", "y"], "filter": { "size": 2 }, "X-Trace": "t", "lang": "de",
        "name": "lamp", "shop_body": 7,
    });
    let planned = plan(&document, "item.create", input.clone()).unwrap();
    assert_eq!(planned.method, "POST");
    assert_eq!(
        planned.url,
        "https://shop.test/api/shops/a%2Fb/items?filter%5Bsize%5D=2&tags=x%7Cy"
    );
    let body = planned.body.as_ref().unwrap().bytes();
    assert_eq!(body, r#"{"name":"lamp","shop":7}"#.as_bytes());
    for header in [
        ("x-trace", "t"),
        ("cookie", "lang=de"),
        ("content-type", "application/json"),
    ] {
        let found = planned
            .headers
            .iter()
            .any(|(name, value)| (&**name, &**value) == header);
        assert!(found, "{header:?} is not in {:?}", planned.headers);
    }
    // In sections, as some callers have it.
    let sections = json!({
        "path": { "shop": "a/b" },
        "query": { "tags": ["x", "y"], "filter": { "size": 2 } },
        "header": { "X-Trace": "t" }, "cookie": { "lang": "de" },
        "body": { "name": "lamp", "shop": 7 },
    });
    assert_eq!(plan(&document, "item.create", sections).unwrap(), planned);
    let error = plan(&document, "item.create", json!({ "shop": "..", "nam": 1 })).unwrap_err();
    let params: Vec<_> = error
        .faults()
        .iter()
        .map(|fault| fault.param.as_str())
        .collect();
    assert!(
        params.contains(&"nam") && params.contains(&"name"),
        "{params:?}"
    );
    let error = plan(
        &document,
        "item.create",
        json!({ "shop": "..", "name": "x" }),
    )
    .unwrap_err();
    assert_eq!(error.param(), Some("shop"));
}

#[test]
fn forms_files_and_texts_are_written_as_the_content_type_wants() {
    let post = |content: Value| {
        document(json!({ "/things": { "post": {
        "operationId": "thing.send", "requestBody": { "required": true, "content": content },
    } } }))
    };
    let schema = json!({ "type": "object", "properties": {
        "name": { "type": "string" }, "meta": { "type": "object" },
        "tags": { "type": "array", "items": { "type": "string" } },
        "file": { "type": "string", "format": "binary" },
    } });
    let form = post(json!({ "application/x-www-form-urlencoded": {
        "schema": schema, "encoding": { "meta": { "style": "deepObject", "explode": true } },
    } }));
    let input = json!({ "name": "a b", "meta": { "k": 1 }, "tags": ["x", "y"] });
    let planned = plan(&form, "thing.send", input).unwrap();
    let body = String::from_utf8(planned.body.unwrap().bytes().to_vec()).unwrap();
    assert_eq!(body, "name=a+b&meta%5Bk%5D=1&tags=x&tags=y");

    let multipart = post(json!({ "multipart/form-data": { "schema": schema } }));
    let input = json!({ "name": "lamp", "file": "data:text/plain;base64,aGVsbG8=" });
    let planned = plan(&multipart, "thing.send", input).unwrap();
    let body = String::from_utf8(planned.body.unwrap().bytes().to_vec()).unwrap();
    assert!(
        body.contains("name=\"file\"; filename=\"file\"\r\nContent-Type: text/plain\r\n\r\nhello"),
        "{body}"
    );

    let binary =
        post(json!({ "image/png": { "schema": { "type": "string", "format": "binary" } } }));
    let input = json!({ "file": "data:,hello" });
    let planned = plan(&binary, "thing.send", input).unwrap();
    assert!(
        planned
            .headers
            .contains(&("content-type".to_owned(), "image/png".to_owned()))
    );

    let several = post(json!({
        "text/plain": { "schema": { "type": "string" } },
        "application/vnd.api+json": { "schema": { "oneOf": [{ "type": "string" }, { "type": "integer" }] } },
    }));
    let planned = plan(&several, "thing.send", json!({ "body": 5 })).unwrap();
    assert!(planned.headers.contains(&(
        "content-type".to_owned(),
        "application/vnd.api+json".to_owned()
    )));
    assert!(plan(&several, "thing.send", json!({ "body": [] })).is_err());
}

#[test]
fn references_are_followed_and_circles_end() {
    let document = with(
        document(json!({ "/trees": { "post": {
            "operationId": "createTree",
            "requestBody": { "required": true, "content": { "application/json": { "schema": {
                "type": "object", "required": ["root"], "properties": { "root": { "$ref": "#/components/schemas/Node" } },
            } } } },
            "responses": { "200": { "$ref": "#/components/responses/Made" } },
        } } })),
        "/components",
        json!({
            "schemas": {
                "Node": { "type": "object", "required": ["name"], "properties": {
                    "name": { "type": "string" },
                    "children": { "type": "array", "items": { "$ref": "#/components/schemas/Node" } },
                } },
                "Loop": { "allOf": [{ "$ref": "#/components/schemas/Loop" }] },
                "Ring": { "$ref": "#/components/schemas/Ring" },
            },
            "responses": { "Made": { "content": { "application/json": { "schema": {
                "type": "object", "properties": {
                    "loop": { "$ref": "#/components/schemas/Loop" },
                    "ring": { "$ref": "#/components/schemas/Ring" },
                    "away": { "$ref": "file:///etc/passwd" },
                },
            } } } } },
        }),
    );
    let deep = json!({ "root": { "name": "a", "children": [{ "name": "b", "children": [] }] } });
    plan(&document, "tree.create", deep).unwrap();
    let wrong = json!({ "root": { "name": "a", "children": [{ "children": [] }] } });
    let error = plan(&document, "tree.create", wrong).unwrap_err();
    assert_eq!(error.param(), Some("root.children[0].name"));
    let report = imported(&document).report;
    assert_eq!(report.count(Outcome::Degraded), 1);
    let reasons = report.operations[0].reasons.join("\n");
    assert!(reasons.contains("points outside the document"), "{reasons}");
    assert!(reasons.contains("refers to itself"), "{reasons}");
}

#[test]
fn composed_bodies_are_merged_and_alternatives_kept() {
    let document = with(
        document(json!({ "/pets": { "post": {
            "operationId": "createPet",
            "requestBody": { "required": true, "content": { "application/json": { "schema": {
                "allOf": [
                    { "$ref": "#/components/schemas/Named" },
                    { "type": "object", "additionalProperties": false, "required": ["kind"], "properties": {
                        "kind": { "oneOf": [{ "$ref": "#/components/schemas/Cat" }, { "$ref": "#/components/schemas/Dog" }],
                                  "discriminator": { "propertyName": "type" } },
                    } },
                ],
            } } } },
        } } })),
        "/components",
        json!({ "schemas": {
            "Named": { "type": "object", "required": ["name"], "properties": { "name": { "type": "string", "nullable": true } } },
            "Cat": { "type": "object", "required": ["type"], "properties": { "type": { "enum": ["cat"] } } },
            "Dog": { "type": "object", "required": ["type"], "properties": { "type": { "enum": ["dog"] } } },
        } }),
    );
    let input = json!({ "name": null, "kind": { "type": "dog" } });
    let planned = plan(&document, "pet.create", input).unwrap();
    let body = planned.body.unwrap().bytes().to_vec();
    assert_eq!(body, br#"{"name":null,"kind":{"type":"dog"}}"#);
    let error = plan(
        &document,
        "pet.create",
        json!({ "name": "x", "kind": { "type": "cow" } }),
    )
    .unwrap_err();
    assert_eq!(error.param(), Some("kind"));
}

#[test]
fn mistakes_degrade_or_refuse_operations_and_no_others() {
    let document = document(json!({
        "/good": { "get": { "operationId": "good.get" } },
        "/undeclared/{id}": { "get": { "operationId": "undeclared.get" } },
        "/odd": { "get": { "operationId": "odd.get", "parameters": [
            { "in": "query" }, { "name": "x", "in": "nowhere" }, { "$ref": "#/nope" }, 7,
            { "name": "y", "in": "query", "schema": { "type": "strnig", "pattern": "(?=x)", "minLength": -1, "maxLength": "a" } },
        ] } },
        "/../up": { "get": {} },
        "/open{brace": { "get": {} },
        "/xml": { "post": { "requestBody": { "required": true, "content": { "multipart/mixed": {} } } } },
        "/list": [],
        "x-extension": { "get": {} },
    }));
    let Imported {
        connector, report, ..
    } = imported(&document);
    let outcomes: Vec<_> = report
        .operations
        .iter()
        .map(|operation| (operation.path.as_str(), operation.outcome))
        .collect();
    assert_eq!(
        outcomes,
        [
            ("/good", Outcome::Imported),
            ("/undeclared/{id}", Outcome::Degraded),
            ("/odd", Outcome::Degraded),
            ("/../up", Outcome::Refused),
            ("/open{brace", Outcome::Refused),
            ("/xml", Outcome::Refused),
        ]
    );
    assert!(
        report
            .operations
            .iter()
            .all(|operation| (operation.outcome == Outcome::Imported)
                == operation.reasons.is_empty())
    );
    connector.connector().unwrap();
}

#[test]
fn effects_titles_and_descriptions_are_those_of_the_operation() {
    let action = one(json!({
        "operationId": "listThings", "summary": "Lists things.", "deprecated": true,
        "description": "<p>Lists things.</p> <script>alert(1)</script>\u{1b}[31m",
    }));
    assert_eq!(action.title, "Lists things");
    assert_eq!(action.description, "Lists things. alert(1) [31m");
    assert_eq!((action.effect, action.idempotent), (Effect::Read, true));
    assert!(action.deprecated.is_some());
    assert_eq!(one(json!({})).description, "GET /things");
    for (id, title) in [
        ("listThings", "List things"),
        ("getThingById", "Get thing by id"),
        ("things/set-name", "Set the name of a thing"),
        ("things.info", "Things info"),
    ] {
        assert_eq!(one(json!({ "operationId": id })).title, title);
    }
}

#[test]
fn swagger_2_says_the_same_in_its_own_words() {
    let document = json!({
        "swagger": "2.0",
        "info": { "title": "Pets", "version": "1" },
        "host": "pets.test", "basePath": "/v1", "schemes": ["http", "https"],
        "consumes": ["application/json"], "produces": ["application/json"],
        "securityDefinitions": { "login": { "type": "basic" } },
        "security": [{ "login": [] }],
        "parameters": { "id": { "name": "id", "in": "path", "required": true, "type": "integer" } },
        "definitions": { "Pet": { "type": "object", "required": ["name"], "properties": { "name": { "type": "string" } } } },
        "paths": {
            "/pets/{id}": {
                "parameters": [{ "$ref": "#/parameters/id" }],
                "put": { "operationId": "updatePet",
                    "parameters": [
                        { "name": "tags", "in": "query", "type": "array", "items": { "type": "string" }, "collectionFormat": "ssv" },
                        { "name": "pet", "in": "body", "required": true, "schema": { "$ref": "#/definitions/Pet" } },
                    ],
                    "responses": { "200": { "description": "", "schema": { "$ref": "#/definitions/Pet" } } } },
                "post": { "operationId": "uploadPicture", "consumes": ["multipart/form-data"],
                    "parameters": [{ "name": "picture", "in": "formData", "type": "file", "required": true }] },
            },
        },
    });
    let imported = imported(&document);
    assert_eq!(imported.connector.source.kind, "swagger 2.0");
    assert_eq!(
        imported.report.count(Outcome::Imported),
        2,
        "{:?}",
        imported.report
    );
    let planned = plan(
        &document,
        "pet.update",
        json!({ "id": 7, "tags": ["a", "b"], "name": "Rex" }),
    )
    .unwrap();
    assert_eq!(planned.url, "https://pets.test/v1/pets/7?tags=a%20b");
    let planned = plan(
        &document,
        "picture.upload",
        json!({ "id": 7, "picture": "data:,x" }),
    )
    .unwrap();
    assert!(
        planned
            .headers
            .iter()
            .any(|(_, value)| value.starts_with("multipart/form-data"))
    );
}

#[test]
fn names_stay_when_a_document_is_imported_again() {
    let first = imported(&document(
        json!({ "/a": { "get": { "operationId": "listThings" } } }),
    ));
    let earlier: Vec<_> = first
        .connector
        .actions
        .iter()
        .cloned()
        .map(Into::into)
        .collect();
    let grown = document(json!({
        "/0": { "get": { "operationId": "listThings" } },
        "/a": { "get": { "operationId": "somethingElse" } },
    }));
    let settings = Settings {
        earlier,
        ..Settings::named("shop")
    };
    let again = import(&grown, &settings).unwrap().connector;
    let of = |path: &str| {
        again
            .actions
            .iter()
            .find(|action| action.operation.path == path)
            .unwrap()
    };
    assert_eq!(of("/a").name, "things.list");
    assert_ne!(of("/0").name, "things.list");
    // What is gone leaves its name to what has its id.
    let moved = document(json!({ "/v2/a": { "post": { "operationId": "listThings" } } }));
    let moved = import(&moved, &settings).unwrap().connector;
    assert_eq!(moved.actions[0].name, "things.list");
}

#[test]
fn members_that_are_required_and_not_described_are_parameters() {
    let schema = json!({ "type": "object", "required": ["grant", "token"],
        "properties": { "token": { "type": "string" } } });
    for (media_type, kind) in [
        ("application/json", Value::Null),
        ("application/x-www-form-urlencoded", json!("string")),
    ] {
        let action = one(json!({ "operationId": "a.send", "requestBody": {
            "required": true, "content": { (media_type): { "schema": schema } } } }));
        assert_eq!(action.input["required"], json!(["token", "grant"]));
        assert_eq!(action.input["properties"]["grant"]["type"], kind);
    }
}

#[test]
fn other_documents_are_refused() {
    for (document, part) in [
        (json!({ "asyncapi": "2.0" }), "expected OpenAPI 3"),
        (json!({ "openapi": "3.0.0" }), "no `paths`"),
        (json!([]), "expected OpenAPI 3"),
    ] {
        let error = import(&document, &Settings::named("x")).unwrap_err();
        assert!(error.to_string().contains(part), "{error}");
    }
    let good = document(json!({}));
    for name in ["../x", "Actions", "actions", ""] {
        assert!(import(&good, &Settings::named(name)).is_err(), "{name}");
    }
    let settings = Settings {
        base_url: Some("ftp://x".to_owned()),
        ..Settings::named("x")
    };
    assert!(import(&good, &settings).is_err());
}
