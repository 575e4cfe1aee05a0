//! The conformance suite, rule by rule.

mod cassettes;
mod definitions;
mod effects;
mod failures;
mod secrets;
mod text;

use std::sync::Arc;

use serde_json::Value;

use super::Report;
use crate::action::{Action, ActionDefinition};
use crate::auth::Credential;
use crate::cassette::Cassette;
use crate::connector::ConnectorDefinition;
use crate::context::{ActionContext, ActionContextBuilder};
use crate::error::Result;
use crate::result::ActionResult;
use crate::run;
use crate::transport::Transport;

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

/// What the suite fills base URLs with, if they are templates.
const SETTING: &str = "https://example.test";

pub(super) fn context(
    connector: &'static ConnectorDefinition,
    cassette: &Cassette,
    transport: Arc<dyn Transport>,
) -> ActionContextBuilder {
    let placeholder = connector
        .auth()
        .first()
        .map_or(Credential::None, crate::auth::Auth::placeholder);
    let recorded = cassette.call.settings.clone();
    settings_of(connector)
        .into_iter()
        .chain(recorded)
        .fold(
            ActionContext::builder(connector, transport),
            |builder, (name, value)| builder.setting(name, value),
        )
        .credential(placeholder)
        .run_id("check")
}

/// Fills each placeholder of the base URLs with a value of the form that it takes.
fn settings_of(connector: &ConnectorDefinition) -> Vec<(String, String)> {
    let urls = std::iter::once(connector.base_url())
        .chain(connector.hosts().iter().map(|host| host.base_url));
    let mut settings = Vec::new();
    for url in urls {
        let mut rest = url;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((name, after)) = after.split_once('}') else {
                break;
            };
            let whole = before.is_empty() && rest.len() == url.len();
            settings.push((
                name.to_owned(),
                if whole {
                    SETTING.to_owned()
                } else {
                    "example".to_owned()
                },
            ));
            rest = after;
        }
    }
    settings
}

/// Tells whether a call may succeed with an answer that has no body.
fn answers_empty(cassette: &Cassette) -> bool {
    let last = cassette.exchanges.last();
    cassette.expect.error.is_none() && last.is_some_and(|last| last.response.status == 204)
}

async fn call(
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
