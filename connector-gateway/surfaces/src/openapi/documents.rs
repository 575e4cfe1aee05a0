//! The documents, each made once for all callers that see the same.

use std::sync::Arc;

use axum::http::HeaderValue;
use bytes::Bytes;
use moka::sync::Cache;
use plugwright_sdk::host::{Echo, Entry, nearest};
use plugwright_sdk::{ActionError, ErrorCode};
use serde_json::{Value, json};

use super::api::Api;
use super::{actions, operations};
use crate::gateway::Gateway;
use crate::{admin, api_v1, entity_tag, oomol};
use plugwright_engine::Principal;

/// More actions than this are not in one document: nobody reads it, and no generator takes it.
/// Their connectors have documents.
const MOST_ACTIONS: usize = 2_000;

/// How many bytes of documents are kept.
const KEPT: u64 = 64 << 20;

/// What a document is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Scope {
    /// Everything.
    Whole,
    /// The actions of a connector.
    Connector(String),
}

/// A document as it is sent.
#[derive(Debug)]
pub(super) struct Rendered {
    pub(super) body: Bytes,
    pub(super) tag: HeaderValue,
}

/// Makes documents and keeps them.
pub(super) struct Documents {
    gateway: Gateway,
    /// What is registered and the deployment's policy don't change while the process runs, so
    /// what a document says depends on the grant alone.
    rendered: Cache<(Scope, String), Arc<Rendered>>,
}

impl Documents {
    pub(super) fn new(gateway: Gateway) -> Self {
        let weight = |_: &_, document: &Arc<Rendered>| {
            u32::try_from(document.body.len()).unwrap_or(u32::MAX)
        };
        Self {
            gateway,
            rendered: Cache::builder().max_capacity(KEPT).weigher(weight).build(),
        }
    }

    pub(super) fn gateway(&self) -> &Gateway {
        &self.gateway
    }

    /// Returns a document as a caller may see it.
    ///
    /// # Errors
    ///
    /// `CONNECTOR_NOT_FOUND` if there is no such connector, or the caller may call none of its
    /// actions.
    pub(super) async fn render(
        self: &Arc<Self>,
        principal: Arc<Principal>,
        scope: Scope,
    ) -> Result<Arc<Rendered>, ActionError> {
        let key = (scope.clone(), seen_by(&principal)?);
        if let Some(rendered) = self.rendered.get(&key) {
            return Ok(rendered);
        }
        let this = Arc::clone(self);
        // Long work for a large registry, and the same for all who wait for it.
        let made = tokio::task::spawn_blocking(move || {
            this.rendered
                .try_get_with(key, || this.make(&principal, &scope))
        });
        match made.await {
            Ok(Ok(rendered)) => Ok(rendered),
            Ok(Err(error)) => Err(ActionError::new(error.code(), error.message())),
            Err(stopped) => Err(broken(stopped)),
        }
    }

    fn make(&self, principal: &Principal, scope: &Scope) -> Result<Arc<Rendered>, ActionError> {
        let document = match scope {
            Scope::Whole => whole(&self.gateway, principal, MOST_ACTIONS),
            Scope::Connector(name) => of_connector(&self.gateway, principal, name)?,
        };
        let body = Bytes::from(serde_json::to_vec(&document).map_err(broken)?);
        let tag = entity_tag::of(&body);
        Ok(Arc::new(Rendered { body, tag }))
    }
}

/// Returns a text that is the same for callers who see the same.
fn seen_by(principal: &Principal) -> Result<String, ActionError> {
    let grant = &principal.grant;
    let seen = (
        principal.operator,
        principal.project.is_some(),
        is_anonymous(principal),
        principal.project.is_some(),
        &grant.actions,
        &grant.blocked_actions,
        &grant.effects,
        &grant.proxies,
    );
    serde_json::to_string(&seen).map_err(broken)
}

fn broken(error: impl std::error::Error + Send + Sync + 'static) -> ActionError {
    ActionError::new(ErrorCode::InternalError, "the document can't be made").with_source(error)
}

/// Whoever has no token needs none.
fn is_anonymous(principal: &Principal) -> bool {
    principal.id == Principal::anonymous().id
}

/// Makes the document of everything that a caller may call; of its actions only if there are not
/// more than `most_actions`.
pub(super) fn whole(gateway: &Gateway, principal: &Principal, most_actions: usize) -> Value {
    let mut api = Api::new(is_anonymous(principal));
    if gateway.inner().dialects.oomol {
        oomol::openapi::describe(&mut api, gateway, principal);
    }
    if gateway.inner().dialects.alumia && principal.project.is_none() {
        api_v1::describe(&mut api);
    }
    operations::describe(&mut api);
    if principal.operator {
        admin::describe(&mut api);
    }
    let entries = visible(gateway, principal, None);
    let mut description =
        "Connectors for apps and agents. Every action that the token may call is an operation."
            .to_owned();
    if entries.len() <= most_actions {
        actions::describe(&mut api, &entries);
    } else {
        description = format!(
            "Connectors for apps and agents. The token may call {} actions, too many for one \
             document: each connector has one of its own, to which its tag leads.",
            entries.len()
        );
        let mut connectors: Vec<_> = entries.iter().map(|entry| &entry.connector).collect();
        connectors.dedup_by_key(|connector| connector.name());
        for connector in connectors {
            let mut tag = actions::tag(connector);
            tag["externalDocs"] = json!({
                "url": format!("/openapi/{}.json", connector.name()),
                "description": "The actions as operations.",
            });
            api.tag(tag);
        }
    }
    api.finish(&info("Plugwright", &description))
}

/// Makes the document of a connector's actions.
fn of_connector(
    gateway: &Gateway,
    principal: &Principal,
    name: &str,
) -> Result<Value, ActionError> {
    let entries = visible(gateway, principal, Some(name));
    let Some(connector) = entries.first().map(|entry| &entry.connector) else {
        return Err(unknown(gateway, principal, name));
    };
    let mut api = Api::new(is_anonymous(principal));
    actions::describe(&mut api, &entries);
    Ok(api.finish(&info(connector.display_name(), connector.description())))
}

fn info(title: &str, description: &str) -> Value {
    json!({
        "title": title,
        "description": description,
        "version": env!("CARGO_PKG_VERSION"),
    })
}

/// Returns the actions that a caller may call, of one connector or of all.
fn visible(gateway: &Gateway, principal: &Principal, connector: Option<&str>) -> Vec<Entry> {
    // Without their dialect no action is called as the documents say.
    // Neither does a project's key call actions by these operations.
    let entries = if gateway.inner().dialects.oomol && principal.project.is_none() {
        gateway.registry().actions()
    } else {
        &[]
    };
    entries
        .iter()
        .filter(|entry| connector.is_none_or(|name| entry.connector.name() == name))
        .filter(|entry| gateway.allows(principal, &entry.id()))
        .cloned()
        .collect()
}

fn unknown(gateway: &Gateway, principal: &Principal, name: &str) -> ActionError {
    let entries = visible(gateway, principal, None);
    let known = entries.iter().map(|entry| entry.connector.name());
    let near = nearest::did_you_mean(name, known).unwrap_or_default();
    ActionError::new(
        ErrorCode::ConnectorNotFound,
        format!("no connector is named `{}`{near}", Echo(name)),
    )
}
