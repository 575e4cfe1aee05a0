//! The conformance suite, rule by rule.

mod cassettes;
mod definitions;
mod effects;
mod failures;
mod secrets;
mod text;

use std::sync::Arc;

use super::{Report, cassette_call};
use crate::action::Action;
use crate::auth::Auth;
use crate::cassette::Cassette;
use crate::connector::ConnectorDefinition;
use crate::context::ActionContextBuilder;
use crate::secret::Redactor;
use crate::transport::Transport;

/// Makes contexts of calls with the placeholder of a credential. They share what finds those of all schemes,
/// as making that takes longer than a call.
struct Contexts {
    connector: &'static ConnectorDefinition,
    redactor: Redactor,
}

impl Contexts {
    fn new(connector: &'static ConnectorDefinition) -> Self {
        let schemes = connector.auth();
        let placeholders = schemes.iter().map(Auth::placeholder);
        let secrets: Vec<_> = placeholders
            .flat_map(|placeholder| placeholder.secrets(schemes))
            .collect();
        Self {
            connector,
            redactor: Redactor::new(&secrets),
        }
    }

    fn of(&self, cassette: &Cassette, transport: Arc<dyn Transport>) -> ActionContextBuilder {
        cassette_call::context(self.connector, cassette, transport).redactor(self.redactor.clone())
    }
}

pub(super) async fn report(connector: &'static ConnectorDefinition) -> Report {
    let mut report = Report {
        connector: connector.name().to_owned(),
        actions: connector.actions().len(),
        ..Report::default()
    };
    definitions::check(connector, &mut report);
    let cassettes = cassettes::load(connector, &mut report);
    let contexts = Contexts::new(connector);
    let planted = secrets::Planted::new(connector);
    for action in connector.actions() {
        let own: Vec<_> = cassettes
            .iter()
            .filter(|cassette| cassette.action == action.name())
            .collect();
        cassettes::check(&contexts, action, &own, &mut report).await;
        // The others need one good call to start from.
        if let Some(good) = own.iter().find(|cassette| cassette.expect.error.is_none()) {
            let may_be_empty = own.iter().any(|cassette| answers_empty(cassette));
            failures::check(&contexts, action, good, may_be_empty, &mut report).await;
            secrets::check(connector, action, good, &planted, &mut report).await;
            text::check(&contexts, action, good, &mut report).await;
        }
    }
    report
}

fn answers_empty(cassette: &Cassette) -> bool {
    let last = cassette.exchanges.last();
    cassette.expect.error.is_none() && last.is_some_and(|last| last.response.status == 204)
}
