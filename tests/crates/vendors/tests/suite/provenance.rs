//! Where the cassettes come from.

use std::collections::BTreeMap;

use plugwright_sdk::cassette::ProvenanceKind;
use plugwright_sdk::{Cassette, ConnectorDefinition};
use plugwright_tests_vendors::CONNECTORS;

/// Of each hundred cassettes so many come from the provider.
const LEAST: usize = 60;

fn counts(connector: &ConnectorDefinition) -> BTreeMap<ProvenanceKind, usize> {
    let mut counts = BTreeMap::new();
    for cassette in Cassette::shipped(connector.cassettes()).unwrap() {
        *counts.entry(cassette.provenance.kind).or_default() += 1;
    }
    counts
}

/// The providers that people ask for by name.
const ASKED_FOR: [&str; 10] = [
    "discord",
    "gitlab",
    "gmail",
    "google-calendar",
    "jira",
    "linear",
    "notion",
    "openai",
    "slack",
    "stripe",
];

fn most_come_from_providers<'a>(
    connectors: impl Iterator<Item = &'a &'static ConnectorDefinition>,
) {
    let mut total: BTreeMap<_, usize> = BTreeMap::new();
    for connector in connectors {
        let counts = counts(connector);
        println!("{}: {counts:?}", connector.name());
        for (kind, count) in counts {
            *total.entry(kind).or_default() += count;
        }
    }
    let all: usize = total.values().sum();
    let made_up = total
        .get(&ProvenanceKind::Constructed)
        .copied()
        .unwrap_or_default();
    println!("in all: {total:?}");
    assert!((all - made_up) * 100 >= all * LEAST, "{total:?}");
}

#[test]
fn most_cassettes_come_from_the_providers() {
    most_come_from_providers(CONNECTORS.iter());
}

#[test]
fn most_cassettes_of_those_that_people_ask_for_come_from_them() {
    let asked_for = CONNECTORS
        .iter()
        .filter(|connector| ASKED_FOR.contains(&connector.name()));
    assert_eq!(asked_for.clone().count(), ASKED_FOR.len());
    most_come_from_providers(asked_for);
}
