//! Actions do what they say, whatever the names around them are.

use plugwright_sdk::testing::{MockContext, block_on};
use plugwright_sdk::{Action as _, ConnectorDefinition, Value, json, run};
use plugwright_tests_hygiene::{names, no_prelude};

/// Runs an action and returns its output and the request's target.
fn call(connector: &'static ConnectorDefinition, name: &str, input: Value) -> (Value, String) {
    let action = connector
        .actions()
        .iter()
        .find(|action| action.name() == name)
        .unwrap();
    let cx = MockContext::new(
        connector,
        [(200, json!({ "name": "Lamp", "kind": "Thing" }))],
    );
    let result = block_on(run(*action, &cx, input)).unwrap();
    let sent = cx.sent();
    let target = sent[0].url.to_string();
    (
        result.data.into_value(),
        target.replace("https://api.example.com", ""),
    )
}

#[test]
fn runs_without_a_prelude() {
    let (data, target) = call(&no_prelude::CONNECTOR, "things.get", json!({ "number": 7 }));

    assert_eq!(data, json!({ "name": "Lamp", "kind": "Thing" }));
    assert_eq!(target, "/things/7");
}

#[test]
fn runs_among_names_of_its_own() {
    let input = json!({
        "path": 1, "request": 2, "entries": "a", "value": 3, "members": 4, "type": 5
    });

    let (_, target) = call(&names::CONNECTOR, "names.run", input);

    assert_eq!(target, "/2/4");
}
