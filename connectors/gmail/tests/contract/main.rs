//! The connector follows the rules for connectors, and does what cassettes can't show.

mod quirks;
mod reconcile;
mod written;

use std::collections::BTreeMap;

use plugwright_gmail::CONNECTOR;
use plugwright_sdk::Cassette;
use plugwright_sdk::host::{ActionDefinition, Registry};

/// Finds an action by its name.
fn action(name: &str) -> &'static ActionDefinition {
    let mut actions = CONNECTOR.actions().iter();
    actions
        .find(|action| plugwright_sdk::Action::name(**action) == name)
        .unwrap()
}

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
    let mut counted = BTreeMap::new();
    for cassette in Cassette::shipped(CONNECTOR.cassettes()).unwrap() {
        *counted
            .entry(cassette.provenance.kind.as_str())
            .or_insert(0) += 1;
    }
    let stated: BTreeMap<_, i32> = include_str!("../cassettes/README.md")
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once("` | "))
        .map(|(kind, rest)| (kind, rest.split(" | ").next().unwrap().parse().unwrap()))
        .collect();
    assert_eq!(stated, counted);
}

#[test]
fn sending_is_found_by_the_name_that_other_systems_have_for_it() {
    let registry = Registry::new([&CONNECTOR]).unwrap();
    let found = registry.find("gmail.sendEmail").unwrap();
    assert_eq!(found.id(), "gmail.emails.send");
}
