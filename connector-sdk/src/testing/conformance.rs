//! The conformance suite, rule by rule.

mod cassettes;
mod definitions;
mod effects;
mod failures;
mod secrets;
mod text;

use super::Report;
use crate::action::Action;
use crate::cassette::Cassette;
use crate::connector::ConnectorDefinition;

pub(super) async fn report(connector: &'static ConnectorDefinition) -> Report {
    let mut report = Report {
        connector: connector.name().to_owned(),
        actions: connector.actions().len(),
        ..Report::default()
    };
    definitions::check(connector, &mut report);
    let cassettes = cassettes::load(connector, &mut report);
    for action in connector.actions() {
        let own: Vec<_> = cassettes
            .iter()
            .filter(|cassette| cassette.action == action.name())
            .collect();
        cassettes::check(connector, action, &own, &mut report).await;
        // The others need one good call to start from.
        if let Some(good) = own.iter().find(|cassette| cassette.expect.error.is_none()) {
            let may_be_empty = own.iter().any(|cassette| answers_empty(cassette));
            failures::check(connector, action, good, may_be_empty, &mut report).await;
            secrets::check(connector, action, good, &mut report).await;
            text::check(connector, action, good, &mut report).await;
        }
    }
    report
}

fn answers_empty(cassette: &Cassette) -> bool {
    let last = cassette.exchanges.last();
    cassette.expect.error.is_none() && last.is_some_and(|last| last.response.status == 204)
}
