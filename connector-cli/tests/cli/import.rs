//! `import`, and the commands that find what it made.

use std::path::Path;

use serde_json::Value;

use crate::binary::{Ran, command, finish};

const PETS: &str = r#"
openapi: 3.0.3
info: { title: Swagger Petstore, version: 1.0.0, description: "A \e[31mstore\e[0m of <b>pets</b>" }
servers: [{ url: "https://pets.example.com/v1" }]
paths:
  /pets/{petId}:
    get:
      operationId: getPet
      summary: Gets a pet
      parameters:
        - { name: petId, in: path, required: true, schema: { type: integer } }
      responses:
        200:
          description: The pet
          content:
            application/json:
              schema: { type: object, properties: { name: { type: string } } }
              example: { name: Rex }
    delete:
      operationId: deletePet
      parameters: [{ name: petId, in: path, required: true, schema: { type: integer } }]
  /broken{:
    get: {}
  /pets:
    post:
      operationId: createPet
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [name]
              properties: { name: { type: string }, away: { $ref: "file:///etc/passwd" } }
"#;

fn run(folder: &Path, arguments: &[&str]) -> Ran {
    finish(command(arguments).current_dir(folder))
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("pets.yaml"), PETS).unwrap();
    folder
}

#[test]
fn an_imported_connector_is_listed_shown_found_and_run() {
    let folder = folder();
    let run = |arguments: &[&str]| run(folder.path(), arguments);
    let imported = run(&["import", "pets.yaml", "--report", "full"]);
    assert_eq!(imported.exit, 0, "{}{}", imported.out, imported.err);
    for part in [
        "petstore  pets.yaml\n  4 operations: 2 imported, 1 degraded, 1 refused\n",
        "refused  -  GET /broken{: the braces of the path do not match",
        "degraded  pet.create  POST /pets: reference `file:///etc/passwd` points outside the document",
    ] {
        assert!(
            imported.out.contains(part),
            "{part} is not in\n{}",
            imported.out
        );
    }
    let listed = run(&["list", "petstore"]);
    assert!(
        listed
            .out
            .contains("petstore.pet.get     read         Gets a pet\n"),
        "{}",
        listed.out
    );
    assert!(
        listed.out.contains("petstore.pet.delete  destructive"),
        "{}",
        listed.out
    );
    let shown = run(&["show", "petstore"]);
    assert!(
        shown.out.contains("A [31mstore[0m of pets"),
        "{}",
        shown.out
    );
    let shown: Value =
        serde_json::from_str(&run(&["show", "petstore.pet.get", "--output", "json"]).out).unwrap();
    assert_eq!(
        shown["input_schema"]["required"],
        serde_json::json!(["petId"])
    );
    let found = run(&["search", "gets", "pet"]);
    assert!(found.out.contains("petstore.pet.get"), "{}", found.out);
    let planned = run(&["run", "petstore.pet.get", "petId=7", "--dry-run"]);
    assert!(
        planned
            .out
            .starts_with("GET https://pets.example.com/v1/pets/7\n"),
        "{}",
        planned.out
    );
    let mocked = run(&[
        "run",
        "petstore.pet.get",
        "petId=7",
        "--mock",
        "--output",
        "json",
    ]);
    assert_eq!(
        serde_json::from_str::<Value>(&mocked.out).unwrap()["name"],
        "Rex"
    );
    let refused = run(&["run", "petstore.pet.get", "petId=x", "--dry-run"]);
    assert_eq!(refused.exit, 4, "{}", refused.err);
    let elsewhere = run(&["list", "petstore", "--data-dir", "other"]);
    assert_eq!(elsewhere.exit, 3, "{}", elsewhere.out);
}

#[test]
fn what_is_wrong_is_said_and_nothing_is_stored() {
    let folder = folder();
    let run = |arguments: &[&str]| run(folder.path(), arguments);
    std::fs::write(folder.path().join("odd.json"), "{\"asyncapi\": \"2.0\"}").unwrap();
    for (arguments, part) in [
        (&["import", "odd.json"][..], "expected OpenAPI 3"),
        (&["import", "nothing.json"], "can't be read"),
        (
            &["import", "pets.yaml", "--name", "../../x"],
            "is not allowed",
        ),
        (
            &["import", "pets.yaml", "--name", "github"],
            "has a connector `github`",
        ),
        (
            &["import", "pets.yaml", "--base-url", "file:///x"],
            "must be an http or https URL",
        ),
    ] {
        let ran = run(arguments);
        assert_eq!(ran.exit, 4, "{arguments:?}: {}{}", ran.out, ran.err);
        assert!(ran.err.contains(part), "{arguments:?}: {}", ran.err);
    }
    assert_eq!(run(&["import", "pets.yaml", "--check"]).exit, 0);
    assert!(!folder.path().join("data").exists());
}

#[test]
fn a_directory_is_imported_and_a_broken_connector_is_left_out() {
    let folder = folder();
    std::fs::create_dir(folder.path().join("more")).unwrap();
    std::fs::write(folder.path().join("more/again.yml"), PETS).unwrap();
    std::fs::write(folder.path().join("more/odd.json"), "{}").unwrap();
    // The gateway has a path of this name.
    let catalog = PETS.replace("title: Swagger Petstore", "title: Catalog");
    assert_ne!(catalog, PETS);
    std::fs::write(folder.path().join("more/reserved.yml"), catalog).unwrap();
    let imported = run(folder.path(), &["import", ".", "--output", "json"]);
    assert_eq!(imported.exit, 0, "{}{}", imported.out, imported.err);
    let reports: Value = serde_json::from_str(&imported.out).unwrap();
    let names: Vec<_> = reports
        .as_array()
        .unwrap()
        .iter()
        .map(|report| &report["connector"])
        .collect();
    assert_eq!(
        names,
        [
            &Value::from("petstore"),
            &Value::Null,
            &Value::from("catalog-api"),
            &Value::from("petstore-2")
        ]
    );
    std::fs::write(folder.path().join("data/catalog/petstore-2.1.pack"), "{").unwrap();
    let listed = run(folder.path(), &["list"]);
    assert_eq!(listed.exit, 0);
    assert!(
        listed.out.contains("petstore.pet.get") && !listed.out.contains("petstore-2"),
        "{}",
        listed.out
    );
    assert!(
        listed.err.contains("connector `petstore-2` is left out"),
        "{}",
        listed.err
    );
}
