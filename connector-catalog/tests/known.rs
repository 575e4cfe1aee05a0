//! How well known services are counts in the search.

use plugwright_catalog::{SearchIndex, SearchQuery};
use plugwright_import::openapi::{self, Settings};
use plugwright_sdk::host::{Connector, Registry};
use plugwright_sdk::json;

/// A connector with one action that sends what `summary` says.
fn sender(name: &str, summary: &str) -> Connector {
    let document = json!({
        "openapi": "3.1.0",
        "info": { "title": name, "version": "1" },
        "servers": [{ "url": "https://messages.example.com" }],
        "paths": { "/messages": { "post": {
            "operationId": "sendMessage",
            "summary": summary,
            "responses": { "200": { "description": "ok" } },
        } } },
    });
    let imported = openapi::import(&document, &Settings::named(name)).unwrap();
    imported.connector.connector().unwrap()
}

/// Returns which connectors have what is found, the best first.
fn found(unknown: &str, words: &str, stated: Option<&[&str]>) -> Vec<String> {
    let known = sender("slack", "Sends a message.");
    let registry = Registry::new([sender("harbor", unknown), known]).unwrap();
    let mut query = SearchQuery::new(words);
    query.connectors = stated;
    let ids = SearchIndex::new(&registry).search(query).unwrap();
    let names = ids.iter().filter_map(|id| id.split('.').next());
    names.map(str::to_owned).collect()
}

#[test]
fn of_services_that_do_the_same_the_known_one_is_meant() {
    let same = "Sends a message.";
    assert_eq!(found(same, "send a message", None), ["slack", "harbor"]);
    // In the order of their names, as nothing else tells them apart.
    let both = ["slack", "harbor"];
    let stated = found(same, "send a message", Some(&both));
    assert_eq!(stated, ["harbor", "slack"]);
}

#[test]
fn a_service_that_nobody_knows_is_first_if_it_fits_better_or_is_named() {
    let other = "Sends a message to the captain of a ship.";
    let words = "send a message to the captain of the ship";
    assert_eq!(found(other, words, None), ["harbor", "slack"]);
    let same = "Sends a message.";
    let named = found(same, "harbor: send a message", None);
    assert_eq!(named, ["harbor", "slack"]);
}
