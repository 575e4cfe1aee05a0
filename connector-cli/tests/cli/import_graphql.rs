//! `import` of GraphQL schemas.

use std::path::Path;

use serde_json::Value;

use crate::binary::{Ran, command, finish};

const SCHEMA: &str = "
type Query { \"Finds a pet.\" pet(id: ID!): Pet, pets(first: Int, after: String): Pets! }
type Mutation { petDelete(id: ID!): Boolean }
type Subscription { petBorn: Pet }
type Pet { id: ID!, name: String! }
type Pets { nodes: [Pet!]!, pageInfo: PageInfo! }
type PageInfo { hasNextPage: Boolean!, endCursor: String }
";

const ENDPOINT: &str = "https://pets.example.com/v1/graphql";

fn run(folder: &Path, arguments: &[&str]) -> Ran {
    finish(command(arguments).current_dir(folder))
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("zoo.graphql"), SCHEMA).unwrap();
    folder
}

#[test]
fn a_schema_is_a_connector_that_is_listed_found_and_run() {
    let folder = folder();
    let run = |arguments: &[&str]| run(folder.path(), arguments);
    let imported = run(&["import", ".", "--base-url", ENDPOINT, "--report", "full"]);
    assert_eq!(imported.exit, 0, "{}{}", imported.out, imported.err);
    for part in [
        "4 operations: 3 imported, 0 degraded, 1 refused\n",
        "refused  -  SUBSCRIPTION petBorn: a subscription has no single response",
    ] {
        assert!(
            imported.out.contains(part),
            "{part} is not in\n{}",
            imported.out
        );
    }
    let listed = run(&["list", "zoo"]);
    for part in [
        "zoo.pet.get",
        "zoo.pets.list",
        "zoo.pet.delete  destructive",
    ] {
        assert!(
            listed.out.contains(part),
            "{part} is not in\n{}",
            listed.out
        );
    }
    let found = run(&["search", "finds", "a", "pet"]);
    assert!(found.out.contains("zoo.pet.get"), "{}", found.out);
    let planned = run(&["run", "zoo.pet.get", "id=7", "--dry-run"]);
    assert!(
        planned.out.starts_with(&format!("POST {ENDPOINT}\n")),
        "{}",
        planned.out
    );
    assert!(
        planned.out.contains("query Pet($id: ID!)"),
        "{}",
        planned.out
    );
    let mocked = run(&["run", "zoo.pet.get", "id=7", "--mock", "--output", "json"]);
    let mocked: Value = serde_json::from_str(&mocked.out).unwrap();
    assert!(mocked["name"].is_string(), "{mocked}");
    let refused = run(&["run", "zoo.pet.get", "--dry-run"]);
    assert_eq!(refused.exit, 4, "{}", refused.err);
}

#[test]
fn an_overlay_may_state_endpoint_and_authentication() {
    let folder = folder();
    let overlay = "{ base_url: 'https://{shop}.example.com/graphql', auth: bearer }";
    std::fs::write(folder.path().join("overlay.yaml"), overlay).unwrap();
    let run = |arguments: &[&str]| run(folder.path(), arguments);
    let import = ["import", "zoo.graphql", "--overlay", "overlay.yaml"];
    let imported = run(&[&import[..], &["--auth", "header:X-Token"]].concat());
    assert_eq!(imported.exit, 0, "{}{}", imported.out, imported.err);
    let shown = run(&["show", "zoo", "--output", "json"]);
    assert!(shown.out.contains("X-Token"), "{}", shown.out);
    assert!(shown.out.contains("shop"), "{}", shown.out);
}

#[test]
fn what_a_schema_does_not_say_is_asked_for() {
    let folder = folder();
    let odd = "type Query { a: ";
    std::fs::write(folder.path().join("odd.graphql"), odd).unwrap();
    for (arguments, part) in [
        (&["import", "zoo.graphql"][..], "the base URL must be set"),
        (
            &["import", "odd.graphql", "--base-url", ENDPOINT],
            "neither queries nor mutations",
        ),
        (
            &[
                "import",
                "zoo.graphql",
                "--base-url",
                ENDPOINT,
                "--auth",
                "basic",
            ],
            "must be `bearer`, `header:NAME` or `none`",
        ),
        (
            &["new", "zoo", "--openapi", "zoo.graphql"],
            "it is a GraphQL schema",
        ),
    ] {
        let ran = run(folder.path(), arguments);
        assert_eq!(ran.exit, 4, "{arguments:?}: {}{}", ran.out, ran.err);
        assert!(ran.err.contains(part), "{arguments:?}: {}", ran.err);
    }
}
