//! The connector follows the rules for connectors.

mod answers;
mod reconcile;
mod requests;

use plugwright_github::CONNECTOR;

#[test]
fn conforms_with_cassettes_of_stated_provenance() {
    plugwright_sdk::testing::check(&CONNECTOR);
}

#[test]
fn the_readme_lists_every_action() {
    plugwright_sdk::testing::check_readme(&CONNECTOR, include_str!("../../README.md"));
}
