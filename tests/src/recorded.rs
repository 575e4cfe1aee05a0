//! What GitHub's connector makes of what was recorded, without any gateway.

use std::sync::Arc;

use plugwright_github::CONNECTOR;
use plugwright_sdk::transport::Replay;
use plugwright_sdk::{
    Action as _, ActionContext, ActionResult, Cassette, Credential, Result, Value,
};

/// Runs the action of a cassette of GitHub on what was recorded; of a list it is the first page.
///
/// # Errors
///
/// The action's.
///
/// # Panics
///
/// If the cassette is for no action, or not for its input.
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
