//! The connector follows the rules for connectors.

mod errors;
mod reconcile;
mod requests;

use std::collections::BTreeMap;

use plugwright_sdk::Cassette;
use plugwright_stripe::CONNECTOR;

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
