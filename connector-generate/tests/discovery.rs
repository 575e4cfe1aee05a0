//! What is written for a Google Discovery document.

use plugwright_generate::{Settings, generate};
use plugwright_import::openapi::{self, Examples};
use plugwright_sdk::json;

#[test]
fn methods_keep_their_paths_scopes_and_pages() {
    let document = json!({
        "kind": "discovery#restDescription", "name": "pets", "version": "v1", "title": "Pets API",
        "rootUrl": "https://pets.test/", "servicePath": "v1/",
        "auth": { "oauth2": { "scopes": {
            "https://auth.test/pets": { "description": "See and change pets" },
            "https://auth.test/pets.readonly": { "description": "See pets" },
        } } },
        "schemas": {
            "Pet": { "type": "object", "properties": { "name": { "type": "string" } } },
            "Pets": { "type": "object", "properties": {
                "pets": { "type": "array", "items": { "$ref": "Pet" } }, "nextPageToken": { "type": "string" } } },
        },
        "resources": { "pets": { "methods": {
            "list": {
                "id": "pets.pets.list", "path": "{+parent}/pets", "httpMethod": "GET",
                "description": "Lists the pets of a house.",
                "parameters": {
                    "parent": { "type": "string", "location": "path", "required": true, "pattern": "^houses/[^/]+$", "description": "House of the pets." },
                    "pageToken": { "type": "string", "location": "query" },
                },
                "response": { "$ref": "Pets" },
                "scopes": ["https://auth.test/pets", "https://auth.test/pets.readonly"],
            },
            "create": {
                "id": "pets.pets.create", "path": "{+parent}/pets", "httpMethod": "POST",
                "description": "Adds a pet to a house.",
                "parameters": { "parent": { "type": "string", "location": "path", "required": true, "description": "House of the pet." } },
                "request": { "$ref": "Pet" }, "response": { "$ref": "Pet" }, "scopes": ["https://auth.test/pets"],
                "mediaUpload": { "protocols": { "simple": { "path": "/upload/v1/{+parent}/pets" } } },
            },
        } } },
    });
    let imported = openapi::import(&document, &openapi::Settings::named("pets")).unwrap();
    let examples = Examples::new(&document).unwrap();
    let generated = generate(&imported.connector, &examples, &Settings::default()).unwrap();
    let file = |name: &str| {
        let found = generated.files.iter().find(|(path, _)| path == name);
        let (_, text) = found.unwrap_or_else(|| panic!("no {name}"));
        text.replace("\n    ", " ")
    };
    let pets = file("src/pets.rs");
    for part in [
        "get = \"/v1/{+parent}/pets\"",
        "scopes = any(\"https://auth.test/pets\", \"https://auth.test/pets.readonly\")",
        "scopes = [\"https://auth.test/pets\"]",
        "pattern = ",
    ] {
        assert!(pets.contains(part), "{part} is not in\n{pets}");
    }
    let definition = file("src/lib.rs");
    assert!(
        definition.contains("scope(\"https://auth.test/pets.readonly\""),
        "{definition}"
    );
    let (operation, reason) = &generated.report.left_out[0];
    assert!(operation.contains("upload"), "{operation}");
    assert!(reason.contains("part of a body of several"), "{reason}");
}
