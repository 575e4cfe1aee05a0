//! Google Discovery documents.

use std::sync::Arc;

use plugwright_import::openapi::{self, Imported, Settings};
use plugwright_import::{ImportedAction, PageStyle, ResponseKind};
use plugwright_sdk::host::{Effect, Registry, SchemeParts};
use plugwright_sdk::testing::block_on;
use plugwright_sdk::transport::{Plan, PlannedRequest};
use plugwright_sdk::{ActionContext, Auth, Value, json};

fn document() -> Value {
    let read = "https://auth.test/pets.readonly";
    let all = "https://auth.test/pets";
    json!({
        "kind": "discovery#restDescription",
        "name": "pets",
        "version": "v1",
        "title": "Pets API",
        "rootUrl": "https://pets.test/",
        "servicePath": "pets/v1/",
        "parameters": {
            "fields": { "type": "string", "location": "query", "description": "Selects fields." },
            "key": { "type": "string", "location": "query" },
            "alt": { "type": "string", "location": "query", "default": "json" },
            "prettyPrint": { "type": "boolean", "location": "query", "default": "true" },
        },
        "auth": { "oauth2": { "scopes": {
            (read): { "description": "See pets" }, (all): { "description": "See and change pets" },
        } } },
        "schemas": {
            "Pet": { "id": "Pet", "type": "object", "properties": {
                "id": { "type": "string", "format": "int64", "readOnly": true },
                "kind": {
                    "type": "string", "description": "Kind of animal", "enum": ["CAT", "DOG"],
                    "enumDescriptions": ["It purrs.", "It barks."],
                },
                "born": { "type": "string", "format": "google-datetime" },
                "nap": { "type": "string", "format": "google-duration" },
                "parents": { "type": "array", "items": { "$ref": "Pet" } },
                "labels": { "type": "object", "additionalProperties": { "type": "string" } },
                "anything": { "type": "any" },
                "home": {
                    "type": "string",
                    "annotations": { "required": ["pets.houses.pets.move", "pets.houses.pets.create"] },
                },
            } },
            "Pets": { "id": "Pets", "type": "object", "properties": {
                "pets": { "type": "array", "items": { "$ref": "Pet" } },
                "unreachable": { "type": "array", "items": { "type": "string" } },
                "nextPageToken": { "type": "string" },
            } },
            "Policy": { "id": "Policy", "type": "object" },
        },
        "resources": { "houses": { "resources": { "pets": { "methods": {
            "list": {
                "id": "pets.houses.pets.list", "path": "{+parent}/pets", "httpMethod": "GET",
                "flatPath": "houses/{housesId}/pets", "apiVersion": "2026-01-01",
                "description": "Lists pets. Those of all houses come first.",
                "parameterOrder": ["parent"],
                "parameters": {
                    "kinds": { "type": "string", "location": "query", "repeated": true },
                    "max": { "type": "integer", "format": "int32", "location": "query", "minimum": "1", "maximum": "50", "default": "10" },
                    "pageToken": { "type": "string", "location": "query" },
                    "parent": { "type": "string", "location": "path", "required": true, "pattern": "^houses/[^/]+$" },
                },
                "response": { "$ref": "Pets" }, "scopes": [all, read],
            },
            "create": {
                "id": "pets.houses.pets.create", "path": "{+parent}/pets", "httpMethod": "POST",
                "parameters": { "parent": { "type": "string", "location": "path", "required": true } },
                "request": { "$ref": "Pet" }, "response": { "$ref": "Pet" }, "scopes": [all],
                "mediaUpload": { "accept": ["image/*"], "maxSize": "5MB", "protocols": {
                    "simple": { "multipart": true, "path": "/upload/pets/v1/{+parent}/pets" } } },
            },
            "get": {
                "id": "pets.houses.pets.get", "path": "{+name}", "httpMethod": "GET",
                "parameters": { "name": { "type": "string", "location": "path", "required": true } },
                "response": { "$ref": "Pet" }, "supportsMediaDownload": true,
            },
            "getIamPolicy": {
                "id": "pets.houses.pets.getIamPolicy", "path": "{+resource}:getIamPolicy", "httpMethod": "POST",
                "parameters": { "resource": { "type": "string", "location": "path", "required": true } },
                "request": { "$ref": "Policy" }, "response": { "$ref": "Policy" }, "scopes": [all, read],
            },
            "delete": {
                "id": "pets.houses.pets.delete", "path": "{+name}", "httpMethod": "DELETE",
                "parameters": { "name": { "type": "string", "location": "path", "required": true } },
                "scopes": [all],
            },
        } } } } },
    })
}

fn imported() -> Imported {
    openapi::import(&document(), &Settings::default()).unwrap()
}

fn action(name: &str) -> ImportedAction {
    let actions = imported().connector.actions;
    let names: Vec<_> = actions.iter().map(|action| action.name.clone()).collect();
    let found = actions.into_iter().find(|action| action.name == name);
    found.unwrap_or_else(|| panic!("{name} is none of {names:?}"))
}

fn plan(name: &str, input: Value) -> Result<PlannedRequest, String> {
    let registry = Registry::new([imported().connector.connector().unwrap()]).unwrap();
    let entry = registry.find(&format!("pets.{name}")).unwrap();
    let plan = Arc::new(Plan::new());
    let placeholder = entry.schemes().next().map(Auth::placeholder);
    let cx = ActionContext::builder(&entry.connector, plan.clone())
        .credential(placeholder.unwrap_or_default())
        .build();
    let decoded = entry.action.decode(input);
    let result = block_on(decoded.map_err(|error| error.to_string())?.run(&cx));
    let planned = plan.requests().into_iter().next();
    planned.ok_or_else(|| result.unwrap_err().to_string())
}

#[test]
fn methods_of_nested_resources_are_actions() {
    let imported = imported();
    assert_eq!(imported.connector.parts.name, "pets");
    assert_eq!(imported.connector.parts.base_url, "https://pets.test");
    assert_eq!(imported.report.imported(), 7);
    let actions = &imported.connector.actions;
    let facts: Vec<_> = actions
        .iter()
        .map(|action| (action.name.as_str(), action.effect, action.idempotent))
        .collect();
    assert_eq!(
        facts,
        [
            ("houses_pets.list", Effect::Read, true),
            ("houses_pets.create", Effect::Write, false),
            ("houses_pets.create_with_media", Effect::Write, false),
            ("houses_pets.get", Effect::Read, true),
            ("houses_pets.get_media", Effect::Read, true),
            ("houses_pets.get_iam_policy", Effect::Read, true),
            ("houses_pets.delete", Effect::Destructive, true),
        ]
    );
    assert_eq!(actions[0].title, "Lists pets");
    assert_eq!(
        actions[0].operation.path,
        "/pets/v1/{parent}/pets#houses.pets.list"
    );
}

#[test]
fn schemas_say_what_formats_and_values_mean() {
    let imported = imported();
    let pet = &imported.connector.definitions["Pet"]["properties"];
    assert_eq!(
        pet["id"],
        json!({ "type": "string", "pattern": "^-?[0-9]+$", "readOnly": true })
    );
    assert_eq!(
        pet["kind"]["description"],
        "Kind of animal. CAT: It purrs. DOG: It barks."
    );
    assert_eq!(pet["born"]["format"], "date-time");
    assert_eq!(pet["parents"]["items"]["$ref"], "#/$defs/Pet");
    assert_eq!(pet["labels"]["additionalProperties"]["type"], "string");
    assert_eq!(pet["anything"], json!({}));
    let input = &action("houses_pets.list").input["properties"];
    assert_eq!(
        input["max"],
        json!({ "type": "integer", "minimum": 1, "maximum": 50, "default": 10 })
    );
    assert_eq!(input["kinds"]["type"], "array");
    assert!(input.get("fields").is_some());
    assert!(input.get("prettyPrint").is_none(), "{input}");
}

#[test]
fn requests_are_where_the_method_says() {
    let input = json!({ "parent": "houses/a b", "kinds": ["CAT", "DOG"], "fields": "pets/id" });
    let planned = plan("houses_pets.list", input).unwrap();
    assert_eq!(
        planned.url,
        "https://pets.test/pets/v1/houses/a%20b/pets?kinds=CAT&kinds=DOG&fields=pets%2Fid"
    );
    let version = ("x-goog-api-version".to_owned(), "2026-01-01".to_owned());
    assert!(planned.headers.contains(&version), "{:?}", planned.headers);
    for parent in ["houses/../keys", "houses//a", "/houses", ""] {
        let error = plan(
            "houses_pets.create",
            json!({ "parent": parent, "home": "1" }),
        )
        .unwrap_err();
        assert!(error.contains("parent"), "{error}");
    }
    let planned = plan(
        "houses_pets.get_media",
        json!({ "name": "houses/1/pets/2" }),
    )
    .unwrap();
    assert_eq!(
        planned.url,
        "https://pets.test/pets/v1/houses/1/pets/2?alt=media"
    );
    assert_eq!(action("houses_pets.get_media").response, ResponseKind::File);
    let input = json!({ "resource": "houses/1" });
    let planned = plan("houses_pets.get_iam_policy", input).unwrap();
    assert_eq!(
        planned.url,
        "https://pets.test/pets/v1/houses/1:getIamPolicy"
    );
}

#[test]
fn members_are_required_of_the_methods_that_they_name() {
    let error = plan("houses_pets.create", json!({ "parent": "houses/1" })).unwrap_err();
    assert!(error.contains("`home` is required"), "{error}");
    let input = json!({ "parent": "houses/1", "home": "1" });
    assert!(plan("houses_pets.create", input).is_ok());
    let file = "data:image/png;base64,aGVsbG8=";
    let input = json!({ "parent": "houses/1", "media": file, "metadata": { "kind": "CAT" } });
    let error = plan("houses_pets.create_with_media", input).unwrap_err();
    assert!(error.contains("`metadata.home` is required"), "{error}");
    assert!(action("houses_pets.get").output.get("required").is_none());
    let pet = &imported().connector.definitions["Pet"];
    assert!(pet.get("required").is_none(), "{pet}");
}

#[test]
fn json_is_asked_for_where_it_is_not_the_default() {
    let mut document = document();
    document["parameters"]["alt"]["default"] = "atom".into();
    let imported = openapi::import(&document, &Settings::default()).unwrap();
    let actions = imported.connector.actions;
    let query = |name: &str| {
        let action = actions.iter().find(|action| action.name == name);
        action.unwrap().request.query.clone()
    };
    let alt = |kind: &str| [("alt".to_owned(), kind.to_owned())];
    assert_eq!(query("houses_pets.list"), alt("json"));
    assert_eq!(query("houses_pets.get_media"), alt("media"));
    assert!(action("houses_pets.list").request.query.is_empty());
}

#[test]
fn media_are_uploaded_after_what_describes_them() {
    let file = "data:image/png;base64,aGVsbG8=";
    let input = json!({ "parent": "houses/1", "media": file, "metadata": { "home": "1" } });
    let planned = plan("houses_pets.create_with_media", input).unwrap();
    assert_eq!(
        planned.url,
        "https://pets.test/upload/pets/v1/houses/1/pets?uploadType=multipart"
    );
    let body = planned.body.unwrap().bytes().to_vec();
    assert_eq!(
        String::from_utf8(body).unwrap(),
        "--plugwright-parts\r\nContent-Type: application/json\r\n\r\n{\"home\":\"1\"}\r\n\
         --plugwright-parts\r\nContent-Type: image/png\r\n\r\nhello\r\n--plugwright-parts--\r\n"
    );
    let media = &action("houses_pets.create_with_media").input["properties"]["media"];
    let text = media["description"].as_str().unwrap();
    assert!(
        text.contains("image/* , at most 5MB") || text.contains("image/*, at most 5MB"),
        "{text}"
    );
}

#[test]
fn lists_go_on_by_page_token() {
    let paging = action("houses_pets.list").paging.unwrap();
    assert_eq!(paging.items, "/pets");
    let cursor = PageStyle::Cursor {
        parameter: "pageToken".to_owned(),
        pointer: "/nextPageToken".to_owned(),
    };
    assert_eq!(paging.style, cursor);
}

#[test]
fn any_one_of_the_scopes_is_enough() {
    let imported = imported();
    let auth = &imported.connector.parts.auth;
    assert!(matches!(auth[0].scheme, SchemeParts::OAuth2 { .. }));
    assert!(matches!(auth[1].scheme, SchemeParts::None));
    assert_eq!(action("houses_pets.list").auth.unwrap()[0].scheme, 0);
    // A method without scopes takes both.
    assert!(action("houses_pets.get").auth.is_none());
    let mut document = document();
    document.as_object_mut().unwrap().remove("auth");
    let open = openapi::import(&document, &Settings::default()).unwrap();
    let auth = &open.connector.parts.auth;
    assert!(matches!(auth[0].scheme, SchemeParts::ApiKeyQuery { .. }));
    assert!(matches!(auth[1].scheme, SchemeParts::None));
    let registry = Registry::new([imported.connector.connector().unwrap()]).unwrap();
    let entry = registry.find("pets.houses_pets.list").unwrap();
    let scopes = entry.action.scopes();
    let scopes: Vec<String> = scopes.iter().map(ToString::to_string).collect();
    assert_eq!(
        scopes,
        ["https://auth.test/pets or https://auth.test/pets.readonly"]
    );
}

#[test]
fn documents_of_versions_that_are_not_stable_have_names_of_their_own() {
    let mut document = document();
    document["version"] = "v2beta1".into();
    let name = openapi::name(&document, &Settings::default()).unwrap();
    assert_eq!(name, "pets-v2beta1");
}
