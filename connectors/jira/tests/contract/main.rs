//! The connector follows the rules for connectors.

mod documents;
mod errors;
mod quirks;
mod reconcile;

use plugwright_jira::CONNECTOR;

#[test]
fn conforms_with_cassettes_of_stated_provenance() {
    plugwright_sdk::testing::check(&CONNECTOR);
}

#[test]
fn the_readme_lists_every_action() {
    plugwright_sdk::testing::check_readme(&CONNECTOR, include_str!("../../README.md"));
}

#[test]
fn the_cassettes_readme_counts_them() {
    let readme = include_str!("../cassettes/README.md");
    plugwright_sdk::testing::check_cassettes_readme(&CONNECTOR, readme);
}
