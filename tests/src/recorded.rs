//! What GitHub really answered, and what its connector makes of that without any gateway.

use std::collections::BTreeMap;
use std::sync::Arc;

use plugwright_github::CONNECTOR;
use plugwright_sdk::cassette::ProvenanceKind;
use plugwright_sdk::transport::Replay;
use plugwright_sdk::{
    Action as _, ActionContext, ActionResult, Cassette, Credential, Result, Value,
};

/// Returns the cassettes of what was recorded, all of it from the API's own host, by name.
pub fn recorded_of_github() -> BTreeMap<String, Cassette> {
    let parsed = CONNECTOR.cassettes().iter().map(|(name, text)| {
        let cassette = Cassette::parse(name, text).expect("a cassette");
        ((*name).to_owned(), cassette)
    });
    parsed
        .filter(|(_, cassette)| cassette.provenance.kind == ProvenanceKind::Recorded)
        .filter(|(_, cassette)| {
            cassette
                .exchanges
                .iter()
                .all(|exchange| exchange.request.url.host_str() == Some("api.github.com"))
        })
        .collect()
}

/// Runs the action of a cassette of GitHub on what was recorded; of a list it is the first page.
pub async fn outcome_of_github(cassette: &Cassette) -> Result<ActionResult> {
    let mut actions = CONNECTOR.actions().iter();
    let action = actions
        .find(|action| action.name() == cassette.action)
        .expect("an action");
    let cx = ActionContext::builder(&CONNECTOR, Arc::new(Replay::new([cassette])))
        .credential(Credential::token("placeholder"))
        .build();
    let input = Value::Object(cassette.call.input.clone());
    action.decode(input).expect("an input").run(&cx).await
}
