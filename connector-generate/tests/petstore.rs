//! The crate `tests/crates/petstore` is what is written for `petstore.yaml`. It is compiled and
//! checked as a member of the workspace. To write it again after a change:
//!
//! ```sh
//! PLUGWRIGHT_WRITE_PETSTORE=1 cargo test -p plugwright-generate --test petstore
//! ```

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use plugwright_generate::{Generated, Settings, generate};
use plugwright_import::openapi::{self, Examples};
use plugwright_sdk::{Value, json};

const DOCUMENT: &str = include_str!("petstore.yaml");

fn generated() -> Generated {
    let document = plugwright_import::read(DOCUMENT.as_bytes()).unwrap();
    let imported = openapi::import(&document, &openapi::Settings::named("petstore")).unwrap();
    let settings = Settings {
        document: "Petstore API 1.4.0".to_owned(),
        ..Settings::default()
    };
    generate(
        &imported.connector,
        &Examples::new(&document).unwrap(),
        &settings,
    )
    .unwrap()
}

fn write(folder: &Path, files: &[(String, String)]) {
    for (path, text) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let formatted = Command::new("rustfmt")
        .args(["--edition", "2024", "src/lib.rs", "tests/contract.rs"])
        .current_dir(folder)
        .status()
        .unwrap();
    assert!(formatted.success());
}

fn files(root: &Path, folder: &Path, found: &mut BTreeMap<PathBuf, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.strip_prefix(root).unwrap().to_owned();
        if path.is_dir() {
            files(root, &path, found);
        } else if name != Path::new("Cargo.toml") {
            found.insert(name, fs::read_to_string(path).unwrap());
        }
    }
}

#[test]
fn the_crate_is_what_is_written_for_the_document() {
    let generated = generated();
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/crates/petstore");
    if std::env::var_os("PLUGWRIGHT_WRITE_PETSTORE").is_some() {
        for folder in ["src", "tests"] {
            let folder = home.join(folder);
            if folder.is_dir() {
                fs::remove_dir_all(folder).unwrap();
            }
        }
        write(&home, &generated.files);
    }
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &generated.files);
    let (mut expected, mut made) = (BTreeMap::new(), BTreeMap::new());
    files(&home, &home, &mut expected);
    files(folder.path(), folder.path(), &mut made);
    assert!(
        expected.keys().eq(made.keys()),
        "{:?} and {:?}",
        expected.keys(),
        made.keys()
    );
    for (path, text) in &made {
        assert_eq!(*text, expected[path], "{}", path.display());
    }
}

#[test]
fn the_report_says_what_was_left_out() {
    let report = generated().report;
    assert_eq!(report.left_out, []);
    let names: Vec<_> = report
        .actions
        .iter()
        .map(|action| action.name.as_str())
        .collect();
    assert_eq!(
        names,
        [
            "pets.list",
            "pets.get",
            "pets.create",
            "pets.update",
            "pets.upload_photo",
            "pets.delete",
            "me.get",
        ]
    );
    let with_example = report.actions.iter().filter(|action| action.has_example);
    assert_eq!(with_example.count(), 1);
}

#[test]
fn what_can_not_be_written_says_why() {
    let document = plugwright_import::read(DOCUMENT.as_bytes()).unwrap();
    let imported = openapi::import(&document, &openapi::Settings::named("petstore")).unwrap();
    let settings = Settings {
        operations: vec!["orders.*".to_owned()],
        ..Settings::default()
    };
    let examples = Examples::new(&document).unwrap();
    let error = generate(&imported.connector, &examples, &settings).unwrap_err();
    assert_eq!(
        error.to_string(),
        "no operation matches; the document has pets (6), me (1)"
    );
}

#[test]
fn each_file_of_a_list_is_a_part() {
    let file = json!({ "type": "string", "contentMediaType": "application/octet-stream" });
    let files = json!({ "type": "array", "items": file });
    let document = json!({
        "openapi": "3.1.0", "info": { "title": "Shop", "version": "1" },
        "servers": [{ "url": "https://shop.test" }],
        "paths": { "/photos": { "post": {
            "operationId": "addPhotos", "summary": "Add photos",
            "requestBody": { "required": true, "content": { "multipart/form-data": { "schema": {
                "type": "object", "required": ["many"], "properties": { "many": files, "more": files, "one": file },
            } } } },
            "responses": { "204": { "description": "Added" } },
        } } },
    });
    let imported = openapi::import(&document, &openapi::Settings::named("shop")).unwrap();
    let examples = Examples::new(&document).unwrap();
    let generated = generate(&imported.connector, &examples, &Settings::default()).unwrap();
    let found = generated
        .files
        .iter()
        .find(|(path, _)| path == "src/photos.rs");
    let (_, code) = found.unwrap();
    for part in [
        "many: Vec<FileInput>",
        "more: Option<Vec<FileInput>>",
        "one: Option<FileInput>",
        "    for file in many {\n        let content = cx.read_file(&file).await?;\n",
        "    if let Some(more) = more {\n        for file in more {\n            let content",
        "form = form.file(\"many\", file_name, media_type, content.bytes);",
        "let content = cx.read_file(&one).await?;",
    ] {
        assert!(code.contains(part), "{part} is not in\n{code}");
    }
}

#[test]
fn encodings_of_members_are_kept_or_said_to_be_left_out() {
    let text = json!({ "type": "string" });
    let list = json!({ "type": "array", "items": text });
    let either = json!({ "oneOf": [{ "type": "integer" }, list] });
    let object = json!({ "type": "object", "properties": { "name": text } });
    let file = json!({ "type": "string", "contentMediaType": "application/octet-stream" });
    let body = |kind: &str, properties: Value, encoding: Value| {
        json!({ "required": true, "content": { kind: {
            "schema": { "type": "object", "properties": properties }, "encoding": encoding,
        } } })
    };
    let operation = |id: &str, body: Value| {
        let responses = json!({ "204": { "description": "Done" } });
        json!({ "operationId": id, "summary": "Change things", "requestBody": body, "responses": responses })
    };
    let form = body(
        "application/x-www-form-urlencoded",
        json!({ "all": list, "one": list, "spaced": list, "nested": object, "either": either }),
        json!({ "one": { "explode": false }, "spaced": { "style": "spaceDelimited" },
                "nested": { "contentType": "application/json" } }),
    );
    let parts = body(
        "multipart/form-data",
        json!({ "count": { "type": "integer" }, "said": text, "note": text, "table": file }),
        json!({ "count": { "contentType": "application/json" }, "said": { "contentType": "application/json" },
                "note": { "contentType": "text/markdown" }, "table": { "contentType": "text/csv" } }),
    );
    let patch = json!({ "content": { "application/merge-patch+json": { "schema": { "type": "array", "items": text } } } });
    let document = json!({
        "openapi": "3.1.0", "info": { "title": "Shop", "version": "1" },
        "servers": [{ "url": "https://shop.test" }],
        "paths": {
            "/forms": { "post": operation("addForm", form) },
            "/parts": { "post": operation("addPart", parts) },
            "/tags": { "patch": operation("updateTags", patch) },
        },
    });
    let imported = openapi::import(&document, &openapi::Settings::named("shop")).unwrap();
    let examples = Examples::new(&document).unwrap();
    let generated = generate(&imported.connector, &examples, &Settings::default()).unwrap();
    let left_out = |path: &str| {
        let mut actions = generated.report.actions.iter();
        let found = actions.find(|action| action.operation.ends_with(path));
        let mut lines = found.unwrap().left_out.clone();
        lines.sort();
        lines
    };
    let in_one = |name: &str| format!("`{name}`: a list or object in one field of a form");
    let expected = [
        "`either`: what is no list".to_owned(),
        "`nested`: JSON in a form".to_owned(),
        in_one("one"),
        in_one("spaced"),
    ];
    assert_eq!(left_out("/forms"), expected);
    let said = "`said`: a text as JSON in a multipart form";
    assert_eq!(left_out("/parts"), [said]);
    let code: String = generated
        .files
        .iter()
        .filter(|(path, _)| path.starts_with("src/"))
        .map(|(_, code)| code.as_str())
        .collect();
    for part in [
        r#"form = form.typed("count", "application/json", count.to_string());"#,
        r#"form = form.typed("note", "text/markdown", note);"#,
        r#"content.media_type.filter(|kind| kind != "application/octet-stream").unwrap_or_else(|| "text/csv".to_owned());"#,
        ".request_value())",
    ] {
        assert!(code.contains(part), "{part} is not in\n{code}");
    }
}

#[test]
fn graphql_operations_of_a_collection_are_left_out() {
    let request =
        |body: Value| json!({ "method": "POST", "url": "https://shop.test/graphql", "body": body });
    let document = json!({
        "info": { "name": "Shop", "schema": "https://schema.getpostman.com/json/collection/v2.1.0/" },
        "item": [
            { "name": "Pet", "request": request(json!({ "mode": "graphql", "graphql": { "query": "{ pet { name } }" } })) },
            { "name": "Add pet", "request": request(json!({ "mode": "raw", "raw": "{\"name\": \"Rex\"}" })) },
        ],
    });
    let imported = openapi::import(&document, &openapi::Settings::named("shop")).unwrap();
    let examples = Examples::new(&document).unwrap();
    let generated = generate(&imported.connector, &examples, &Settings::default()).unwrap();
    let (_, reason) = &generated.report.left_out[0];
    assert_eq!(reason, "it is a GraphQL operation");
}
