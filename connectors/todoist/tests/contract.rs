//! The connector keeps to everything that connectors keep to.

use plugwright_sdk::Action as _;
use plugwright_todoist::CONNECTOR;

#[test]
fn conforms_with_cassettes_of_stated_provenance() {
    plugwright_sdk::testing::check(&CONNECTOR);
}

#[test]
fn the_readme_lists_every_action() {
    let listed: Vec<_> = include_str!("../README.md")
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once("` | "))
        .map(|(name, rest)| (name, rest.split(" | ").next().unwrap_or_default()))
        .collect();
    let defined: Vec<_> = CONNECTOR
        .actions()
        .iter()
        .map(|action| (action.name(), action.effect().as_str()))
        .collect();
    assert_eq!(listed, defined);
}
