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
fn the_example_of_the_help_runs() {
    let folder = folder();
    let run = |arguments: &[&str]| run(folder.path(), arguments);
    assert_eq!(run(&["import", "pets.yaml", "--name", "petstore"]).exit, 0);
    let help = run(&["import", "--help"]).out;
    let mut lines = help.lines().map(str::trim);
    let example = lines
        .find_map(|line| line.strip_prefix("plugwright run "))
        .unwrap();
    let mut arguments = vec!["run"];
    arguments.extend(example.split(' '));
    let ran = run(&arguments);
    assert_eq!(ran.exit, 0, "{}", ran.err);
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

#[cfg(unix)]
#[test]
fn a_directory_of_links_has_the_files_that_they_lead_to() {
    let files = folder();
    let folder = tempfile::tempdir().unwrap();
    let link = |target: &str, name: &str| {
        let target = files.path().join(target);
        std::os::unix::fs::symlink(target, folder.path().join(name)).unwrap();
    };
    link("pets.yaml", "a.yaml");
    link("pets.yaml", "b.yaml");
    link("gone.yaml", "c.yaml");
    link(".", "d.yaml");
    let imported = run(folder.path(), &["import", ".", "--output", "json"]);
    assert_eq!(imported.exit, 0, "{}{}", imported.out, imported.err);
    let report: Value = serde_json::from_str(&imported.out).unwrap();
    let report = report.as_array().map_or(&report, |reports| {
        assert_eq!(reports.len(), 1, "{reports:?}");
        &reports[0]
    });
    assert_eq!(report["connector"], "petstore");
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

#[test]
fn a_connector_is_replaced_by_its_own_document_only() {
    let folder = folder();
    let run = |arguments: &[&str]| run(folder.path(), arguments);
    assert_eq!(run(&["import", "pets.yaml"]).exit, 0);
    std::fs::create_dir(folder.path().join("other")).unwrap();
    let evil = "pets.example.org";
    let other = PETS.replace("pets.example.com", evil);
    std::fs::write(folder.path().join("other/pets.yaml"), other).unwrap();
    let planned = || run(&["run", "petstore.pet.get", "petId=7", "--dry-run"]).out;
    for (arguments, part) in [
        (&["import", "other/pets.yaml"][..], "is the connector of `/"),
        (&["import", "other"], "is the connector of `/"),
    ] {
        let refused = run(arguments);
        assert_eq!(refused.exit, 4, "{}", refused.out);
        assert!(refused.err.contains(part), "{}", refused.err);
        assert!(!planned().contains(evil));
    }
    let named = ["import", "other/pets.yaml", "--name", "petstore"];
    assert_eq!(run(&named).exit, 0);
    assert!(planned().contains(evil));
    // However the document is named.
    let again = run(&["import", "./other/../other/pets.yaml"]);
    assert_eq!(again.exit, 0, "{}", again.err);
}

#[test]
fn credentials_go_to_another_host_only_if_that_is_said() {
    let folder = folder();
    let run = |arguments: &[&str]| run(folder.path(), arguments);
    let import = ["import", "pets.yaml", "--auth", "bearer"];
    assert_eq!(run(&import).exit, 0);
    let moved = PETS.replace("pets.example.com", "pets.example.org");
    std::fs::write(folder.path().join("pets.yaml"), moved).unwrap();
    let refused = run(&import);
    assert_eq!(refused.exit, 4, "{}", refused.out);
    let said = "its requests would go to https://pets.example.org; `--replace` replaces it";
    assert!(refused.err.contains(said), "{}", refused.err);
    let replaced = run(&[&import[..], &["--replace"]].concat());
    assert_eq!(replaced.exit, 0, "{}", replaced.err);
}

#[test]
fn nothing_that_was_hidden_appears_because_the_overlay_is_forgotten() {
    let folder = folder();
    let run = |arguments: &[&str]| run(folder.path(), arguments);
    std::fs::write(folder.path().join("overlay.yaml"), "hide: [pet.delete]").unwrap();
    let import = ["import", "pets.yaml", "--overlay", "overlay.yaml"];
    assert_eq!(run(&import).exit, 0);
    let forgotten = run(&import[..2]);
    assert_eq!(forgotten.exit, 4, "{}", forgotten.out);
    assert!(forgotten.err.contains("the overlay"), "{}", forgotten.err);
    // The names of parameters are no part of an action's name.
    let renamed = PETS
        .replace("{petId}", "{id}")
        .replace("name: petId", "name: id");
    std::fs::write(folder.path().join("pets.yaml"), renamed).unwrap();
    assert_eq!(run(&import).exit, 0);
    let listed = run(&["list", "petstore"]).out;
    assert!(listed.contains("petstore.pet.get  "), "{listed}");
    assert!(!listed.contains("pet.delete"), "{listed}");
}

#[test]
fn an_imported_connector_is_removed() {
    let folder = folder();
    let run = |arguments: &[&str]| run(folder.path(), arguments);
    let remove = ["import", "--remove", "petstore"];
    assert_eq!(run(&remove).exit, 3);
    assert_eq!(run(&["import", "pets.yaml"]).exit, 0);
    assert_eq!(run(&["import", "--remove", "petshop"]).exit, 3);
    let removed = run(&remove);
    assert_eq!(removed.exit, 0, "{}", removed.err);
    assert_eq!(run(&["list", "petstore"]).exit, 3);
    assert_eq!(run(&remove).exit, 3);
}

#[test]
fn a_document_without_actions_replaces_nothing() {
    let folder = folder();
    let run = |arguments: &[&str]| run(folder.path(), arguments);
    assert_eq!(run(&["import", "pets.yaml"]).exit, 0);
    let (head, _) = PETS.split_once("paths:").unwrap();
    for paths in ["paths: {}", "paths: { '/broken{': { get: {} } }"] {
        std::fs::write(folder.path().join("pets.yaml"), format!("{head}{paths}")).unwrap();
        let refused = run(&["import", "pets.yaml"]);
        assert_eq!(refused.exit, 4, "{}", refused.out);
        assert!(refused.err.contains("no operation that can be an action"));
    }
    assert_eq!(run(&["list", "petstore"]).exit, 0);
}
