//! Postman collections.

use std::collections::BTreeMap;
use std::sync::Arc;

use plugwright_import::openapi::{self, Examples, Imported, Settings};
use plugwright_import::{BodyEncoding, ImportedAction, ParameterPlace, ResponseKind};
use plugwright_sdk::host::{Effect, Registry, SchemeParts};
use plugwright_sdk::testing::block_on;
use plugwright_sdk::transport::{Plan, PlannedRequest};
use plugwright_sdk::{ActionContext, Auth, Value, json};

const SCHEMA: &str = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json";

fn collection() -> Value {
    let url = |path: &str| json!({ "raw": "", "host": ["{{base}}"], "path": path.split('/').collect::<Vec<_>>() });
    json!({
        "info": { "name": "Pet shop", "schema": SCHEMA, "description": { "content": "Sells pets." } },
        "variable": [{ "key": "base", "value": "https://{{site}}/v1" }, { "key": "site", "value": "pets.test" }],
        "auth": { "type": "bearer", "bearer": [{ "key": "token", "value": "hunter2" }] },
        "item": [
            { "name": "Pets", "item": [
                {
                    "name": "List pets",
                    "request": {
                        "method": "GET",
                        "description": "Lists what is for sale.",
                        "header": [
                            { "key": "X-Version", "value": "7" }, { "key": "X-Trace", "value": "{{trace}}" },
                            { "key": "Postman-Token", "value": "abc" }, { "key": "X-Auth-Key", "value": "hunter2" },
                        ],
                        "url": { "host": ["{{base}}"], "path": ["shops", ":shop", "pets"],
                            "query": [
                                { "key": "kind", "value": "cat", "description": "Kind of animal" },
                                { "key": "page", "value": "1" }, { "key": "tag", "value": "a" },
                                { "key": "tag", "value": "b" }, { "key": "api_key", "value": "hunter2" },
                            ],
                            "variable": [{ "key": "shop", "value": "s1", "description": "Shop" }] },
                    },
                    "response": [{ "code": 200, "header": [{ "key": "Content-Type", "value": "application/json" }],
                        "body": "{\"pets\":[{\"id\":1},{\"name\":\"Rex\"}],\"access_token\":\"hunter2\"}" }],
                },
                {
                    "name": "Add pet",
                    "request": { "method": "POST", "url": url("pets"), "body": { "mode": "raw",
                        "raw": "{\"name\": \"Rex\", \"age\": {{age}}, \"owner\": \"{{owner}}\", \"password\": \"hunter2\"}",
                        "options": { "raw": { "language": "json" } } } },
                },
                { "name": "Add pet", "request": { "method": "POST", "url": "{{base}}/pets?source={{source}}" } },
                { "name": "Photo", "request": { "method": "PUT", "url": url("pets/{{pet}}/photo"), "body": {
                    "mode": "formdata", "formdata": [{ "key": "photo", "type": "file" }, { "key": "title", "value": "Rex" }] } } },
            ] },
            { "name": "Login", "request": { "method": "POST", "auth": { "type": "noauth" },
                "url": { "raw": "https://login.test/token", "protocol": "https", "host": ["login", "test"], "path": ["token"] },
                "body": { "mode": "urlencoded", "urlencoded": [
                    { "key": "user", "value": "ann" }, { "key": "password", "value": "hunter2" }] } } },
            { "name": "Odd", "request": { "method": "PURGE", "url": "{{base}}/cache" } },
        ],
    })
}

fn imported() -> Imported {
    openapi::import(&collection(), &Settings::default()).unwrap()
}

fn action(name: &str) -> ImportedAction {
    let actions = imported().connector.actions;
    let names: Vec<_> = actions.iter().map(|action| action.name.clone()).collect();
    let found = actions.into_iter().find(|action| action.name == name);
    found.unwrap_or_else(|| panic!("{name} is none of {names:?}"))
}

fn plan(name: &str, input: Value) -> PlannedRequest {
    let registry = Registry::new([imported().connector.connector().unwrap()]).unwrap();
    let entry = registry.find(&format!("pet-shop.{name}")).unwrap();
    let plan = Arc::new(Plan::new());
    let placeholder = entry.schemes().next().map(Auth::placeholder);
    let cx = ActionContext::builder(&entry.connector, plan.clone())
        .credential(placeholder.unwrap_or_default())
        .build();
    let result = block_on(entry.action.decode(input).unwrap().run(&cx));
    let planned = plan.requests().into_iter().next();
    planned.unwrap_or_else(|| panic!("{:?}", result.unwrap_err()))
}

#[test]
fn requests_of_folders_are_actions() {
    let imported = imported();
    assert_eq!(imported.connector.source.kind, "postman collection");
    assert_eq!(imported.connector.parts.base_url, "https://pets.test/v1");
    assert_eq!(imported.connector.parts.description, "Sells pets.");
    let facts: Vec<_> = imported
        .connector
        .actions
        .iter()
        .map(|action| (action.name.as_str(), action.effect))
        .collect();
    assert_eq!(
        facts[..2],
        [
            ("pets.list_pets", Effect::Read),
            ("pets.add_pet", Effect::Write)
        ]
    );
    assert_eq!(facts.len(), 5);
    assert!(imported.report.notes[0].contains("`purge` can't be sent"));
    let login = action("token.login");
    assert_eq!(login.request.host.as_deref(), Some("login-test"));
}

#[test]
fn values_are_examples_and_headers_are_sent() {
    let action = action("pets.list_pets");
    let members = &action.input["properties"];
    assert_eq!(members["kind"]["description"], "Kind of animal");
    assert_eq!(members["page"]["type"], json!(["integer", "string"]));
    assert_eq!(members["tag"]["type"], "array");
    assert!(members.get("api_key").is_none(), "{members}");
    let planned = plan(
        "pets.list_pets",
        json!({ "shop": "a/b", "tag": ["x", "y"], "page": 2 }),
    );
    assert_eq!(
        planned.url,
        "https://pets.test/v1/shops/a%2Fb/pets?page=2&tag=x&tag=y"
    );
    let headers: BTreeMap<_, _> = planned.headers.into_iter().collect();
    assert_eq!(headers["x-version"], "7");
    assert!(!headers.contains_key("postman-token"));
    assert!(!headers.contains_key("x-trace"));
    let collection = collection();
    let shown = Examples::new(&collection).unwrap().of(&action.operation);
    assert_eq!(
        shown.answer,
        Some(json!({ "pets": [{ "id": 1 }, { "name": "Rex" }] }))
    );
    let shop = (ParameterPlace::Path, "shop".to_owned(), json!("s1"));
    assert!(shown.parameters.contains(&shop), "{shown:?}");
    // The page decides what a list is.
    let pet = &action.output["items"]["properties"];
    assert_eq!(pet["id"]["type"], "integer");
    assert_eq!(pet["name"]["type"], "string");
}

#[test]
fn bodies_are_of_all_kinds() {
    let members = action("pets.add_pet").input["properties"].clone();
    assert_eq!(members["age"], json!({}));
    assert_eq!(members["owner"]["type"], "string");
    let planned = plan("pets.add_pet", json!({ "name": "Rex", "age": 3 }));
    let body = planned.body.unwrap().bytes().to_vec();
    assert_eq!(body, br#"{"name":"Rex","age":3}"#);
    let photo = action("pets.photo");
    let body = photo.request.body.unwrap();
    assert_eq!(body.encoding, BodyEncoding::Multipart);
    let planned = plan("token.login", json!({ "user": "ann" }));
    assert_eq!(planned.url, "https://login.test/token");
    assert_eq!(planned.body.unwrap().bytes().to_vec(), b"user=ann");
}

#[test]
fn an_example_of_a_file_has_no_body() {
    let header = |kind: &str| json!([{ "key": "Content-Type", "value": kind }]);
    for (kind, response) in [
        ("image/png", ResponseKind::File),
        ("application/json", ResponseKind::Json),
    ] {
        let collection = json!({
            "info": { "name": "Pet shop", "schema": SCHEMA },
            "item": [{
                "name": "Photo", "request": { "method": "GET", "url": "https://pets.test/photo" },
                "response": [{ "code": 200, "header": header(kind), "body": null }],
            }],
        });
        let imported = openapi::import(&collection, &Settings::default()).unwrap();
        assert_eq!(imported.connector.actions[0].response, response, "{kind}");
    }
}

#[test]
fn credentials_of_a_collection_are_left_out() {
    let imported = imported();
    let stored = serde_json::to_string(&imported.connector).unwrap();
    assert!(!stored.contains("hunter2"), "{stored}");
    let auth = &imported.connector.parts.auth;
    assert!(matches!(auth[0].scheme, SchemeParts::BearerToken { .. }));
    assert!(matches!(auth[1].scheme, SchemeParts::None));
    let login = action("token.login").auth.unwrap();
    assert_eq!(login[0].scheme, 1);
}

#[test]
fn auth_of_both_versions_is_read() {
    for (auth, expected) in [
        (
            json!({ "type": "basic", "basic": [{ "key": "username", "value": "ann" }] }),
            "Basic",
        ),
        (
            json!({ "type": "basic", "basic": { "username": "ann" } }),
            "Basic",
        ),
        (
            json!({ "type": "apikey", "apikey": [
                { "key": "key", "value": "X-Key" }, { "key": "value", "value": "hunter2" }] }),
            "ApiKeyHeader { name: \"X-Key\" }",
        ),
        (
            json!({ "type": "apikey", "apikey": [
                { "key": "key", "value": "k" }, { "key": "in", "value": "query" }] }),
            "ApiKeyQuery { name: \"k\" }",
        ),
        (
            json!({ "type": "oauth2", "oauth2": [
                { "key": "authUrl", "value": "https://{{site}}/authorize" },
                { "key": "accessTokenUrl", "value": "https://{{site}}/token" },
                { "key": "scope", "value": "read write" }] }),
            "OAuth2",
        ),
        (
            json!({ "type": "oauth2", "oauth2": [{ "key": "accessTokenUrl", "value": "{{token}}" }] }),
            "BearerToken",
        ),
    ] {
        let mut collection = collection();
        collection["auth"] = auth;
        let imported = openapi::import(&collection, &Settings::default()).unwrap();
        let made = format!("{:?}", imported.connector.parts.auth[0].scheme);
        assert!(made.starts_with(expected), "{made}");
        let stored = serde_json::to_string(&imported.connector).unwrap();
        assert!(!stored.contains("hunter2"), "{stored}");
    }
}

#[test]
fn a_base_without_value_is_a_setting() {
    let mut collection = collection();
    collection["variable"] = json!([]);
    let imported = openapi::import(&collection, &Settings::default()).unwrap();
    assert_eq!(imported.connector.parts.base_url, "{base_url}");
}

#[test]
fn graphql_operations_are_sent_as_the_collection_states_them() {
    let request = |name: &str, body: Value| {
        json!({ "name": name, "request": {
        "method": "POST", "url": "{{base}}/graphql", "body": body } })
    };
    let stated = |query: &str, variables: &str| {
        json!({ "mode": "graphql",
        "graphql": { "query": query, "variables": variables } })
    };
    let mut document = collection();
    document["auth"] = Value::Null;
    document["item"] = json!([
        { "name": "User", "request": request("", stated(
            "query Q($id: ID!, $n: Int, $in: Where) { user: person(id: $id, n: $n, in: $in) { name } }",
            "{\"id\": \"1\", \"in\": {\"age\": 3}}"))["request"],
          "response": [{ "code": 200, "body": "{\"data\": {\"user\": {\"name\": \"Ann\"}}}" }] },
        request("Gone", stated("mutation ($id: ID!) { deleteUser(id: $id) { ok } }", "")),
        request("Raw", json!({ "mode": "raw", "raw":
            "{\"query\": \"mutation M { rename(name: \\\"x\\\") { ok } }\", \"variables\": {}}" })),
        request("Search", json!({ "mode": "raw", "raw": "{\"query\": \"cats\"}" })),
        request("Mark", stated("query { a(x: \"{{trace}}\") }", "")),
        request("Broken", stated("query {{x}}", "")),
        request("Live", stated("subscription S { s }", "")),
        request("Two", json!({ "mode": "graphql", "graphql": { "operationName": "B", "query":
            "query A { a { ...FA } } query B { b { ...FB } } fragment FA on T { x } \
             fragment FB on T { ...FC } fragment FC on T { y }" } })),
        request("Login", stated("mutation L { login(password: \"hunter2\") { ok } }", "")),
    ]);
    let imported = openapi::import(&document, &Settings::default()).unwrap();
    let actions = &imported.connector.actions;
    let effects: Vec<_> = actions
        .iter()
        .map(|it| (it.effect, it.idempotent))
        .collect();
    let write = (Effect::Write, false);
    let gone = (Effect::Destructive, false);
    assert_eq!(
        effects,
        [
            (Effect::Read, true),
            gone,
            write,
            write,
            (Effect::Read, true),
            (Effect::Read, true)
        ]
    );
    let text = &actions[5].request.graphql.as_ref().unwrap().text;
    assert!(
        text.contains("fragment FB") && text.contains("fragment FC"),
        "{text}"
    );
    assert!(!text.contains("FA"), "{text}");
    assert_eq!(
        imported.report.notes.len(),
        3,
        "{:?}",
        imported.report.notes
    );
    let user = &actions[0];
    assert_eq!(user.input["required"], json!(["id"]));
    assert_eq!(
        user.input["properties"]["n"]["type"],
        json!(["integer", "null"])
    );
    assert_eq!(
        user.input["properties"]["in"]["properties"]["age"]["type"],
        "integer"
    );
    assert!(user.input["properties"].get("query").is_none());
    assert_eq!(user.output["properties"]["name"]["type"], "string");
    let name = user.name.clone();
    let connector = imported.connector.clone().connector().unwrap();
    let registry = Registry::new([connector]).unwrap();
    let entry = registry.find(&format!("pet-shop.{name}")).unwrap();
    let plan = Arc::new(Plan::new());
    let cx = ActionContext::builder(&entry.connector, plan.clone()).build();
    let input = json!({ "id": "7", "in": { "age": 4 } });
    drop(block_on(entry.action.decode(input).unwrap().run(&cx)));
    let body = plan.requests()[0].body.clone().unwrap().bytes().to_vec();
    let body: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(body["variables"], json!({ "id": "7", "in": { "age": 4 } }));
    assert_eq!(body["operationName"], "Q");
    let free = json!({ "id": "7", "query": "mutation { deleteAll }" });
    assert!(entry.action.decode(free).is_err());
}
