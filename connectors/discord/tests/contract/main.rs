//! The connector follows the rules for connectors.

mod errors;
mod quirks;
mod reconcile;

use plugwright_discord::CONNECTOR;
use plugwright_sdk::host::ActionDefinition;
use plugwright_sdk::{Action as _, testing};

/// Finds an action by its name.
fn action(name: &str) -> &'static ActionDefinition {
    let mut actions = CONNECTOR.actions().iter();
    actions.find(|action| action.name() == name).unwrap()
}

#[test]
fn conforms_with_cassettes_of_stated_provenance() {
    testing::check(&CONNECTOR);
}

#[test]
fn the_readme_lists_every_action() {
    testing::check_readme(&CONNECTOR, include_str!("../../README.md"));
}
