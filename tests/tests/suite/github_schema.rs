//! GitHub's GraphQL schema accepts what its connector sends, and has what its cassettes hold.
//!
//! The schema is that of the npm package which `github_schema/package.json` pins.

use std::fs;

use plugwright_github::CONNECTOR;
use plugwright_sdk::Value;
use plugwright_sdk::serde_json;
use plugwright_sdk::testing::check_graphql;
use plugwright_tests::npm;

const PACKAGE: &str = "@octokit/graphql-schema";

#[test]
fn the_connector_s_operations_fit_github_s_schema() {
    let folder = npm::install("github_schema", env!("CARGO_TARGET_TMPDIR"));
    let schema = folder
        .join("node_modules")
        .join(PACKAGE)
        .join("schema.graphql");
    check_graphql(&CONNECTOR, &fs::read_to_string(schema).unwrap());
}

#[test]
fn the_cassettes_name_the_version_of_the_schema_that_they_are_checked_with() {
    let pinned = include_str!("github_schema/package.json");
    let pinned: Value = serde_json::from_str(pinned).unwrap();
    let plan = include_str!("../../../connectors/github/tests/cassettes.toml");
    let plan: toml::Table = plan.parse().unwrap();
    let schema = &plan["graphql"]["schema"];
    assert_eq!(schema["name"].as_str(), Some(PACKAGE));
    assert_eq!(
        schema["version"].as_str(),
        pinned["dependencies"][PACKAGE].as_str()
    );
}
