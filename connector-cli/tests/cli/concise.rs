//! The short schemas that agents read, of all bundled actions.

use plugwright::BUNDLED;
use plugwright_import::openapi::{self, Settings};
use plugwright_sdk::host::Connector;
use plugwright_sdk::schema::concise;
use plugwright_sdk::{Cassette, Value, json};
use serde_json::Map;

fn validator(schema: &Value) -> jsonschema::Validator {
    jsonschema::options().build(schema).unwrap()
}

/// Returns inputs near one that is valid: each member left out, and each of another type.
fn near(input: &Map<String, Value>) -> Vec<Value> {
    let members = input.clone();
    let mut near = vec![members.clone().into(), json!({}), json!(null)];
    for name in members.keys() {
        let mut without = members.clone();
        without.shift_remove(name);
        near.push(without.into());
        for value in [
            json!(null),
            json!(""),
            json!(-1),
            json!([[]]),
            json!({ "a": {} }),
        ] {
            let mut other = members.clone();
            other.insert(name.clone(), value);
            near.push(other.into());
        }
    }
    let mut more = members;
    more.insert("no_such_member".to_owned(), json!(1));
    near.push(more.into());
    near
}

#[test]
fn what_the_short_schema_allows_the_whole_one_allows() {
    let (mut allowed, mut refused) = (0, 0);
    for connector in BUNDLED.iter().copied().map(Connector::from) {
        let cassettes = Cassette::shipped(connector.cassettes()).unwrap();
        for action in connector.actions() {
            let whole = action.input_schema();
            let short = concise(&whole);
            let (by_whole, by_short) = (validator(&whole), validator(&short));
            let own = cassettes
                .iter()
                .filter(|cassette| cassette.action == action.name());
            for input in own.flat_map(|cassette| near(&cassette.call.input)) {
                if by_short.is_valid(&input) {
                    allowed += 1;
                    assert!(by_whole.is_valid(&input), "{}: {input}", action.name());
                } else {
                    refused += 1;
                    let is_old = by_whole.is_valid(&input);
                    assert!(
                        !is_old || whole.to_string().contains("deprecated"),
                        "{}: {input}",
                        action.name()
                    );
                }
            }
        }
    }
    assert!(
        allowed > 1000 && refused > 1000,
        "{allowed} allowed, {refused} refused"
    );
}

/// Prints how many bytes the schemas of inputs have, of the bundled actions and of those of a document
/// (`PLUGWRIGHT_DOCUMENT`).
#[test]
fn short_schemas_have_no_more_bytes_than_whole_ones() {
    let count = |name: &str, connectors: &[Connector]| {
        let (mut actions, mut whole, mut short) = (0, 0, 0);
        for action in connectors.iter().flat_map(Connector::actions) {
            let schema = action.input_schema();
            actions += 1;
            whole += schema.to_string().len();
            short += concise(&schema).to_string().len();
        }
        println!("{name}: {actions} actions, {whole} bytes, {short} bytes when short");
        assert!(actions > 0 && short <= whole, "{name}: {short} of {whole}");
    };
    let bundled: Vec<_> = BUNDLED.iter().copied().map(Connector::from).collect();
    count("bundled", &bundled);
    if let Some(path) = std::env::var_os("PLUGWRIGHT_DOCUMENT") {
        let document = plugwright_import::read(&std::fs::read(path).unwrap()).unwrap();
        let imported = openapi::import(&document, &Settings::named("measured")).unwrap();
        count("document", &[imported.connector.connector().unwrap()]);
    }
}
