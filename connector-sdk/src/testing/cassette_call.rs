//! The call of a cassette, as it states it.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use crate::action::{Action, ActionDefinition};
use crate::auth::{Auth, Credential};
use crate::cassette::Cassette;
use crate::connector::{Connector, ConnectorDefinition};
use crate::context::{ActionContext, ActionContextBuilder};
use crate::error::Result;
use crate::result::ActionResult;
use crate::run;
use crate::transport::Transport;

/// What the suite fills base URLs with, if they are templates.
const SETTING: &str = "https://example.test";

pub(super) fn context(
    connector: &'static ConnectorDefinition,
    cassette: &Cassette,
    transport: Arc<dyn Transport>,
) -> ActionContextBuilder {
    ActionContext::builder(connector, transport)
        .settings(settings(connector, cassette))
        .credential(placeholder(connector, cassette))
        .run_id(Cassette::RUN_ID)
}

/// Returns the placeholder of a credential that the action of a cassette takes.
pub(super) fn placeholder(
    connector: &'static ConnectorDefinition,
    cassette: &Cassette,
) -> Credential {
    let mut actions = connector.actions().iter();
    let action = actions.find(|action| action.name() == cassette.action);
    let connector = Connector::from(connector);
    let mut schemes = connector.schemes_at(action.and_then(|action| action.schemes()));
    schemes.next().map_or(Credential::None, Auth::placeholder)
}

/// Returns the recorded settings, and others for the placeholders that have none.
pub(super) fn settings(
    connector: &ConnectorDefinition,
    cassette: &Cassette,
) -> BTreeMap<String, String> {
    let mut settings = settings_of(connector);
    settings.extend(cassette.call.settings.clone());
    settings
}

/// Fills each placeholder of the base URLs with a value of the form that it takes.
fn settings_of(connector: &ConnectorDefinition) -> BTreeMap<String, String> {
    let urls = std::iter::once(connector.base_url())
        .chain(connector.hosts().iter().map(|host| host.base_url));
    let mut settings = BTreeMap::new();
    for url in urls {
        let mut rest = url;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((name, after)) = after.split_once('}') else {
                break;
            };
            let whole = before.is_empty() && rest.len() == url.len();
            let value = if whole { SETTING } else { "example" };
            settings.insert(name.to_owned(), value.to_owned());
            rest = after;
        }
    }
    for (name, default) in connector.setting_defaults() {
        settings.insert((*name).to_owned(), (*default).to_owned());
    }
    settings
}

pub(super) async fn call(
    action: &ActionDefinition,
    cx: &ActionContext,
    cassette: &Cassette,
) -> Result<ActionResult> {
    let invocation = action.decode(Value::Object(cassette.call.input.clone()))?;
    invocation.run(cx).await
}

/// Runs a cassette's call as it states, and returns the pages.
pub(super) async fn pages(
    action: &ActionDefinition,
    cx: &ActionContext,
    cassette: &Cassette,
) -> Result<Vec<ActionResult>> {
    if !cassette.call.all_pages {
        return call(action, cx, cassette).await.map(|page| vec![page]);
    }
    let mut pages = Vec::new();
    run::run_pages(
        action,
        cx,
        Value::Object(cassette.call.input.clone()),
        |page| {
            pages.push(page);
            // A list that does not end would otherwise be read for ever.
            pages.len() <= cassette.exchanges.len()
        },
    )
    .await?;
    Ok(pages)
}

#[cfg(test)]
mod tests {
    use crate::testing::{block_on, report};
    use crate::{ActionContext, Auth, ConnectorDefinition, Result, Value, action, actions};

    /// Gets what only administrators see.
    #[action("things.get", read, auth = [1], get = "/things")]
    async fn get(cx: &ActionContext) -> Result<Value>;

    static CONNECTOR: ConnectorDefinition = ConnectorDefinition::new("things", "Things", "1.0.0")
        .base_url("https://api.example.com")
        .auth(&[Auth::bearer_token("Token"), Auth::basic("Administrator")])
        .cassettes(&[(
            "things.get.json",
            r#"{
                "action": "things.get",
                "provenance": { "kind": "constructed", "source": "the schema" },
                "call": {},
                "exchanges": [{
                    "request": { "method": "GET", "url": "https://api.example.com/things" },
                    "response": { "status": 200, "body": { "json": ["one", "two"] } }
                }]
            }"#,
        )])
        .actions(actions![get]);

    #[test]
    fn calls_have_a_credential_that_their_action_takes() {
        let report = block_on(report(&CONNECTOR));
        let mut rules = report.findings.iter().map(|found| found.rule);
        // It and its action say little of themselves.
        assert!(rules.all(|rule| rule == "description"), "{report}");
    }
}
