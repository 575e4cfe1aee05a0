//! What is written for documents whose schemas, servers and security leave a choice.

use plugwright_generate::{Generated, Settings, generate};
use plugwright_import::openapi::{self, Examples};
use plugwright_sdk::{Value, json};

fn generated(document: &Value) -> Generated {
    let imported = openapi::import(document, &openapi::Settings::named("shop")).unwrap();
    let examples = Examples::new(document).unwrap();
    generate(&imported.connector, &examples, &Settings::default()).unwrap()
}

fn code(generated: &Generated) -> String {
    let files = generated.files.iter();
    let sources = files.filter(|(path, _)| path.starts_with("src/"));
    sources.map(|(_, code)| code.as_str()).collect()
}

fn document(paths: Value) -> Value {
    let mut document = json!({
        "openapi": "3.1.0", "info": { "title": "Shop", "version": "1" },
        "servers": [{ "url": "https://shop.test" }],
    });
    document["paths"] = paths;
    document
}

fn answers(schema: &Value) -> Value {
    json!({ "200": { "description": "It", "content": { "application/json": { "schema": schema } } } })
}

fn contains(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
}

#[test]
fn inputs_take_all_that_the_document_allows() {
    let price = json!({ "anyOf": [{ "type": "number" }, { "type": "string" }] });
    let long = json!({ "type": "integer", "format": "int64", "minimum": 1 });
    let body = json!({ "type": "object", "required": ["price", "owner"], "properties": {
        "price": price,
        "owner": long,
        "count": { "type": "integer", "minimum": 0, "maximum": 10 },
        "item": { "type": "object", "properties": { "cost": price } },
    } });
    let generated = generated(&document(json!({ "/runs": { "post": {
        "operationId": "createRun", "summary": "Create a run",
        "parameters": [{ "name": "port", "in": "query", "schema": price }],
        "requestBody": { "required": true, "content": { "application/json": { "schema": body } } },
        "responses": { "204": { "description": "Done" } },
    } } })));
    contains(
        &code(&generated),
        &[
            " price: Value,",
            " owner: u64,",
            " count: Option<u32>,",
            " pub cost: Option<Value>,",
            // A number in the query is its digits.
            " port: Option<String>,",
        ],
    );
}

#[test]
fn outputs_are_what_the_document_allows() {
    let pet = json!({ "type": "object", "required": ["name"], "properties": {
        "name": { "type": "string" }, "age": { "type": "integer" },
    } });
    let or_null = json!({ "anyOf": [pet, { "type": "null" }] });
    let wrapped = json!({ "type": "object", "properties": { "pet": or_null } });
    let get = |id: &str, schema: Value| json!({ "get": { "operationId": id, "responses": answers(&schema) } });
    let generated = generated(&document(json!({
        "/any": get("getAny", json!({})),
        "/pet": get("getPet", or_null),
        "/wrapped": get("getWrapped", wrapped),
    })));
    let code = code(&generated);
    assert_eq!(code.matches("-> Result<Value>").count(), 1, "{code}");
    assert_eq!(code.matches("-> Result<Option<").count(), 2, "{code}");
    contains(
        &code,
        &["Returns name and age, or nothing.", "pet: Option<"],
    );
    assert!(!code.contains("BTreeMap"), "{code}");
}

#[test]
fn settings_have_the_values_of_the_document() {
    let mut document = document(json!({ "/pets": { "delete": {
        "operationId": "deletePets", "responses": { "204": { "description": "Gone" } },
    } } }));
    document["servers"] = json!([{ "url": "https://shop.test:{port}/v1", "variables": {
        "port": { "enum": ["8443", "9443"], "default": "9443" },
    } }]);
    let generated = generated(&document);
    assert_eq!(generated.report.left_out, []);
    contains(
        &code(&generated),
        &[r#".setting_defaults(&[("port", "9443")])"#],
    );
    let cassette = generated
        .files
        .iter()
        .find(|(path, _)| path.starts_with("tests/cassettes/") && !path.ends_with("README.md"));
    let (_, cassette) = cassette.unwrap();
    contains(cassette, &[r#""https://shop.test:9443/v1/pets""#]);
}

#[test]
fn actions_take_only_the_schemes_of_their_operations() {
    let get = |id: &str, security: Value| {
        let responses = json!({ "204": { "description": "Done" } });
        json!({ "get": { "operationId": id, "security": security, "responses": responses } })
    };
    let mut document = document(json!({
        "/user": get("getUser", json!([{ "token": [] }])),
        "/admin": get("getAdmin", json!([{ "password": [] }])),
        "/both": get("getBoth", json!([{ "token": [] }, { "password": [] }])),
    }));
    document["components"] = json!({ "securitySchemes": {
        "token": { "type": "http", "scheme": "bearer" },
        "password": { "type": "http", "scheme": "basic" },
    } });
    let generated = generated(&document);
    let code = code(&generated);
    let place = |scheme: &str| {
        let schemes = [code.find("Auth::bearer_token("), code.find("Auth::basic(")];
        let found = code.find(scheme).unwrap();
        schemes
            .into_iter()
            .flatten()
            .filter(|at| *at < found)
            .count()
    };
    for (path, scheme) in [("/user", "Auth::bearer_token("), ("/admin", "Auth::basic(")] {
        let key = format!("auth = [{}], get = \"{path}\"", place(scheme));
        contains(&code, &[&key]);
    }
    assert_eq!(code.matches("auth = ").count(), 2, "{code}");
}

#[test]
fn the_report_says_what_inputs_do_not_take() {
    let definitions = json!({
        "Volume": { "type": "object", "properties": {
            "name": { "type": "string" }, "inner": { "$ref": "#/components/schemas/Volume" }, "value": {},
        } },
        "Cat": { "type": "object", "properties": { "lives": { "type": "integer" } } },
        "Dog": { "type": "object", "properties": { "tricks": { "type": "integer" } } },
    });
    let reference = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}") });
    let body = json!({ "type": "object", "required": ["volume", "pet"], "properties": {
        "volume": reference("Volume"), "pet": { "oneOf": [reference("Cat"), reference("Dog")] },
    } });
    let mut document = document(json!({ "/shelves": { "post": {
        "operationId": "createShelf", "summary": "Create a shelf",
        "requestBody": { "required": true, "content": { "application/json": { "schema": body } } },
        "responses": { "204": { "description": "Done" } },
    } } }));
    document["components"] = json!({ "schemas": definitions });
    let types = generated(&document).report.types;
    let left_out: Vec<&str> = types.values().flatten().map(String::as_str).collect();
    for expected in [
        "`inner`: an object that contains itself",
        "`value`: null",
        "which of its members go together",
    ] {
        assert!(left_out.contains(&expected), "{expected}: {types:?}");
    }
}
