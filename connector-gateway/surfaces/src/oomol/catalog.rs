//! The actions that callers can discover, each rendered once.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use plugwright_sdk::Availability;
use plugwright_sdk::auth::{NeededScope, SchemeKind};
use plugwright_sdk::host::{Connector, Effect, Entry, ReconcileBy, Registry, Returns};
use quick_cache::sync::Cache;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::envelope::{Failure, HEAD, TAIL};
use super::guide;
use crate::caller::runs_without_credential;
use crate::tagged::TaggedBody;
use crate::view::view;
use plugwright_engine::lock;

/// So many actions of a library are kept.
const KEPT: usize = 256;

/// The actions of a registry, by id.
pub(super) struct Catalog {
    own: HashMap<String, Arc<Card>>,
    /// Those of the library that were asked for last.
    loaded: Cache<String, Arc<Card>>,
}

/// An action and its metadata. That is rendered when it is first needed: a registry of a thousand
/// actions starts as fast as one of ten.
pub(super) struct Card {
    entry: Entry,
    rendered: OnceLock<RenderedMetadata>,
    guide: OnceLock<TaggedBody>,
}

/// The response that describes an action.
pub(super) struct RenderedMetadata {
    /// The whole envelope.
    pub(super) answer: TaggedBody,
    /// The data in it.
    pub(super) metadata: Bytes,
}

impl Catalog {
    pub(super) fn new(registry: &Registry) -> Self {
        let entries = registry.own_actions().iter();
        let cards = entries.map(|entry| (entry.id(), Arc::new(Card::new(entry))));
        Self {
            own: cards.collect(),
            loaded: Cache::new(KEPT),
        }
    }

    pub(super) fn card(&self, entry: &Entry) -> Arc<Card> {
        let id = entry.id();
        let is_same = |card: &Arc<Card>| card.entry.connector.is_same(&entry.connector);
        let known = self.own.get(&id).cloned();
        let known = known.or_else(|| self.loaded.get(&id));
        known.filter(is_same).unwrap_or_else(|| {
            let card = Arc::new(Card::new(entry));
            self.loaded.insert(id, Arc::clone(&card));
            card
        })
    }
}

impl Card {
    fn new(entry: &Entry) -> Self {
        Self {
            entry: entry.clone(),
            rendered: OnceLock::new(),
            guide: OnceLock::new(),
        }
    }

    pub(super) fn guide(&self) -> &TaggedBody {
        self.guide
            .get_or_init(|| TaggedBody::new(guide::of(&self.entry)))
    }

    pub(super) fn rendered(&self) -> Result<&RenderedMetadata, Failure> {
        if let Some(rendered) = self.rendered.get() {
            return Ok(rendered);
        }
        let metadata = Metadata::new(&self.entry);
        let metadata = serde_json::to_vec(&metadata).map_err(|_| Failure::defect())?;
        let answer = TaggedBody::new([HEAD.as_bytes(), &metadata, TAIL.as_bytes()].concat());
        Ok(self.rendered.get_or_init(|| RenderedMetadata {
            metadata: answer.body.slice(HEAD.len()..HEAD.len() + metadata.len()),
            answer,
        }))
    }
}

view! {
    /// An action: what the clients know, and what only this gateway says.
    #[derive(Serialize, JsonSchema)]
    #[serde(rename_all = "camelCase")]
    #[schemars(rename = "ActionMetadata")]
    pub(super) struct Metadata<'a>(entry: &'a Entry) {
        id: String = entry.id(),
        service: &'a str = entry.connector.name(),
        name: &'a str = entry.action.name(),
        title: String = entry.action.title().into_owned(),
        description: &'a str = entry.action.description(),
        effect: Effect = entry.action.effect(),
        idempotent: bool = entry.action.idempotent(),
        returns: Returns = entry.action.returns(),
        /// By what a write is found whose response was lost: a key or what was written.
        #[serde(skip_serializing_if = "Option::is_none")]
        reconciles_by: Option<ReconcileBy> = entry.action.reconciles_by(),
        /// The action's digest in the authority lock.
        digest: String = lock::digest(entry),
        #[serde(skip_serializing_if = "Option::is_none")]
        deprecated: Option<&'a str> = entry.action.deprecated(),
        /// The most common alternative of each required scope.
        required_scopes: Vec<&'a str> = {
            let scopes = entry.action.scopes().into_iter();
            scopes
                .filter_map(|scope| scope.alternatives().next())
                .collect()
        },
        /// All alternatives of each required scope, if any scope has several.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        scope_alternatives: Vec<Vec<&'a str>> = scope_alternatives(&entry.action.scopes()),
        provider_permissions: [&'a str; 0] = [],
        input_schema: Value = entry.action.input_schema(),
        output_schema: Value = entry.action.output_schema(),
        follow_up_actions: [Value; 0] = [],
        async_lifecycle: () = (),
        execution: Execution = Execution::new(&entry.connector),
    }
}

fn scope_alternatives<'a>(scopes: &[NeededScope<'a>]) -> Vec<Vec<&'a str>> {
    if scopes.iter().all(|scope| scope.alternatives().len() <= 1) {
        return Vec::new();
    }
    let scopes = scopes.iter();
    scopes.map(|scope| scope.alternatives().collect()).collect()
}

view! {
    /// What it takes to run an action.
    #[derive(Serialize, JsonSchema)]
    #[serde(rename_all = "camelCase")]
    struct Execution(connector: &Connector) {
        locally_executable: bool = connector.availability() == Availability::Available,
        catalog_only: bool = connector.availability() != Availability::Available,
        required_auth_types: Vec<&'static str> = {
            let types = auth_types(connector).into_iter();
            types.filter(|kind| *kind != NO_AUTH).collect()
        },
        no_auth_runnable: bool = runs_without_credential(connector),
        needs_credential: bool = !runs_without_credential(connector),
    }
}

/// This dialect's name for a scheme without a credential.
pub(super) const NO_AUTH: &str = "no_auth";

/// Returns this dialect's name for a kind of auth scheme.
pub(super) fn auth_type(kind: SchemeKind) -> &'static str {
    match kind {
        SchemeKind::None => NO_AUTH,
        SchemeKind::ApiKey | SchemeKind::BearerToken => "api_key",
        SchemeKind::OAuth2 => "oauth2",
        // User name and password are fields like those of a connector's own scheme.
        SchemeKind::Basic | SchemeKind::Custom => "custom_credential",
    }
}

/// Returns the kinds of credentials that a connector takes, each once, the preferred one first.
pub(super) fn auth_types(connector: &Connector) -> Vec<&'static str> {
    let mut types = Vec::new();
    for auth in connector.auth() {
        let kind = auth_type(auth.kind());
        if !types.contains(&kind) {
            types.push(kind);
        }
    }
    if types.is_empty() {
        types.push(NO_AUTH);
    }
    types
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_is_what_the_clients_expect_of_it() {
        let registry = Registry::new([&plugwright_github::CONNECTOR]).unwrap();
        let entry = registry.find("github.issues.remove_label").unwrap();
        let catalog = Catalog::new(&registry);
        let card = catalog.card(&entry);
        let rendered = card.rendered().unwrap();
        let mut answer: Value = serde_json::from_slice(&rendered.answer.body).unwrap();
        let metadata: Value = serde_json::from_slice(&rendered.metadata).unwrap();
        assert_eq!(metadata, answer["data"]);
        // It changes with every word of the action.
        let digest = answer["data"]
            .as_object_mut()
            .unwrap()
            .shift_remove("digest");
        assert_eq!(digest, Some(lock::digest(&entry).into()));
        insta::assert_json_snapshot!(answer);
    }

    #[test]
    fn every_action_has_a_card_and_an_entity_tag_of_its_own() {
        let registry = Registry::new([&plugwright_github::CONNECTOR]).unwrap();
        let catalog = Catalog::new(&registry);
        let mut tags = std::collections::HashSet::new();
        for entry in registry.actions() {
            let card = catalog.card(&entry);
            let rendered = card.rendered().unwrap();
            let metadata: Value = serde_json::from_slice(&rendered.metadata).unwrap();
            assert_eq!(metadata["id"], entry.id());
            assert!(tags.insert(rendered.answer.tag.clone()), "{}", entry.id());
        }
    }

    #[test]
    fn kinds_of_credentials_have_the_dialect_s_names_each_once() {
        use plugwright_sdk::{Auth, ConnectorDefinition, actions};
        static MANY: ConnectorDefinition = ConnectorDefinition::new("many", "Many", "1.0.0")
            .auth(&[
                Auth::bearer_token("Token"),
                Auth::api_key_query("Key", "key"),
                Auth::basic("Account"),
                Auth::custom("Fields", &[]),
                Auth::client_credentials("https://example.com/token", &[]),
            ])
            .actions(actions![]);
        static OPEN: ConnectorDefinition =
            ConnectorDefinition::new("open", "Open", "1.0.0").actions(actions![]);
        assert_eq!(
            auth_types(&Connector::from(&MANY)),
            ["api_key", "custom_credential", "oauth2"]
        );
        assert!(!runs_without_credential(&Connector::from(&MANY)));
        assert_eq!(auth_types(&Connector::from(&OPEN)), ["no_auth"]);
        assert!(runs_without_credential(&Connector::from(&OPEN)));
    }
}
