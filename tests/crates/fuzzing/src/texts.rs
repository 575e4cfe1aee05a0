//! What reads names, words and values.

use std::sync::LazyLock;

use plugwright_catalog::{SearchIndex, SearchQuery};
use plugwright_gateway::{AllowedDestination, Origin, Pattern};
use plugwright_sdk::host::{Registry, coerce, nearest, tool_name};
use plugwright_sdk::{Action as _, Value, json};

use crate::connector::CONNECTOR;

static REGISTRY: LazyLock<Registry> =
    LazyLock::new(|| Registry::new([&CONNECTOR]).expect("one connector"));
static INDEX: LazyLock<SearchIndex<&Registry>> = LazyLock::new(|| SearchIndex::new(&REGISTRY));

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default()
}

/// The name of an action, in any spelling.
pub fn names(bytes: &[u8]) {
    let name = text(bytes);
    match REGISTRY.find(name) {
        Ok(entry) => assert!(REGISTRY.find(&entry.id()).is_ok()),
        Err(unknown) => {
            let said = unknown.to_string();
            assert!(said.len() <= 2048, "{} bytes", said.len());
        }
    }
    assert!(tool_name(name).len() <= 2 * name.len());
    let known = REGISTRY.own_actions().iter();
    let known = known.map(|entry| entry.action.name());
    assert!(nearest::names(name, known, 3).len() <= 3);
}

/// The words of a search.
pub fn searches(bytes: &[u8]) {
    let found = INDEX.search(SearchQuery::new(text(bytes)).limit(1_000));
    assert!(found.expect("an index in memory").len() <= REGISTRY.action_count());
}

/// Texts that are to be values: `name=value`, one a line.
pub fn coercion(bytes: &[u8]) {
    let schema = json!({
        "type": "object",
        "properties": {
            "count": { "type": "integer", "minimum": 0 },
            "share": { "type": "number" },
            "open": { "type": ["boolean", "null"] },
            "labels": { "type": "array", "items": { "type": "string" } },
            "inner": { "type": "object", "properties": { "size": { "$ref": "#/$defs/Size" } } },
            "either": { "type": ["integer", "string"] },
            "any": {},
        },
        "$defs": { "Size": { "anyOf": [{ "type": "integer" }, { "$ref": "#/$defs/Size" }] } },
    });
    let pairs: Vec<_> = text(bytes)
        .lines()
        .map(|line| line.split_once('=').unwrap_or((line, "")))
        .collect();
    let read = coerce::object(&schema, pairs.iter().copied());
    // A text that is nothing else stays one where a text is allowed.
    for (name, text) in &pairs {
        let several = pairs.iter().filter(|(other, _)| other == name).count() > 1;
        if *name == "either" && !several && text.parse::<Value>().is_err() {
            assert_eq!(read.members["either"], Value::from(*text));
        }
    }
    let members = pairs
        .iter()
        .map(|(name, text)| ((*name).to_owned(), Value::from(*text)));
    let _ = coerce::mixed(&schema, members.collect());
}

/// An input of an action, as JSON.
pub fn params(bytes: &[u8]) {
    let Ok(input) = plugwright_sdk::serde_json::from_slice::<Value>(bytes) else {
        return;
    };
    for action in CONNECTOR.actions() {
        if let Err(error) = action.decode(input.clone()) {
            let faults = error.faults();
            assert!(faults.len() <= 100, "{} faults", faults.len());
            for fault in faults {
                let said = fault.param.len() + fault.message.len();
                assert!(said <= 4096, "a fault of {said} bytes");
            }
        }
    }
}

/// Origins, destinations and patterns of a configuration or a grant.
pub fn settings(bytes: &[u8]) {
    let text = text(bytes);
    let _ = text.parse::<Origin>();
    let _ = text.parse::<AllowedDestination>();
    let _ = text.parse::<Pattern>();
}
