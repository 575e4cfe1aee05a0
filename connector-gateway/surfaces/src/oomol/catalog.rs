//! What callers can discover, rendered once.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::OnceLock;

use axum::http::HeaderValue;
use bytes::Bytes;
use plugwright_engine::lock;
use plugwright_sdk::Availability;
use plugwright_sdk::auth::{Scheme, SchemeKind};
use plugwright_sdk::host::search::SearchIndex;
use plugwright_sdk::host::{Connector, Effect, Entry, Registry, Returns};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::envelope::{Failure, HEAD, TAIL};
use super::guide;
use crate::entity_tag;

/// The actions of a registry with their metadata as bytes.
pub(super) struct Catalog {
    /// In the order of the registry: the actions of a connector stand together.
    cards: Vec<Card>,
    by_id: HashMap<String, usize>,
    services: Vec<Service>,
    index: OnceLock<SearchIndex>,
}

struct Service {
    connector: Connector,
    cards: Range<usize>,
}

/// An action and its metadata. That is rendered when it is first asked for: a registry of a
/// thousand actions starts as fast as one of ten.
pub(super) struct Card {
    entry: Entry,
    id: String,
    rendered: OnceLock<Rendered>,
    guide: OnceLock<Page>,
}

/// The answer that describes an action.
pub(super) struct Rendered {
    /// The whole envelope.
    pub(super) answer: Bytes,
    /// The data in it.
    pub(super) metadata: Bytes,
    /// The answer's entity tag.
    pub(super) tag: HeaderValue,
}

/// A page with its entity tag.
pub(super) struct Page {
    pub(super) body: Bytes,
    pub(super) tag: HeaderValue,
}

impl Catalog {
    pub(super) fn new(registry: &Registry) -> Self {
        let cards: Vec<_> = registry
            .actions()
            .iter()
            .map(|entry| Card {
                id: entry.id(),
                entry: entry.clone(),
                rendered: OnceLock::new(),
                guide: OnceLock::new(),
            })
            .collect();
        let mut start = 0;
        let services = registry
            .connectors()
            .iter()
            .map(|connector| {
                let cards = start..start + connector.actions().count();
                start = cards.end;
                Service {
                    connector: connector.clone(),
                    cards,
                }
            })
            .collect();
        Self {
            by_id: cards
                .iter()
                .enumerate()
                .map(|(index, card)| (card.id.clone(), index))
                .collect(),
            cards,
            services,
            index: OnceLock::new(),
        }
    }

    /// Returns the names of the connectors.
    pub(super) fn services(&self) -> impl Iterator<Item = &str> {
        self.connectors().map(Connector::name)
    }

    /// Returns the connectors.
    pub(super) fn connectors(&self) -> impl Iterator<Item = &Connector> {
        self.services.iter().map(|service| &service.connector)
    }

    /// Returns the actions of a connector; none, if there is no such connector.
    pub(super) fn of_service(&self, name: &str) -> impl Iterator<Item = &Card> {
        let cards = self
            .services
            .iter()
            .find(|service| service.connector.name() == name)
            .map_or(0..0, |service| service.cards.clone());
        self.cards[cards].iter()
    }

    /// Returns the card of an action of the registry.
    pub(super) fn card(&self, entry: &Entry) -> Option<&Card> {
        self.by_id.get(&entry.id()).map(|index| &self.cards[*index])
    }

    /// Returns the actions that have any of these words, the best first.
    pub(super) fn search(&self, words: &str) -> impl Iterator<Item = &Card> {
        self.index
            .get_or_init(|| {
                let entries: Vec<_> = self.cards.iter().map(|card| card.entry.clone()).collect();
                SearchIndex::new(&entries)
            })
            .search(words)
            .filter_map(|entry| self.card(&entry))
    }
}

impl Card {
    /// Returns the action's id.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// Returns the connector's name.
    pub(super) fn service(&self) -> &str {
        self.entry.connector.name()
    }

    /// Returns the guide.
    pub(super) fn guide(&self) -> &Page {
        self.guide.get_or_init(|| {
            let body = Bytes::from(guide::of(&self.entry));
            let tag = entity_tag::of(&body);
            Page { body, tag }
        })
    }

    /// Returns the metadata as bytes.
    pub(super) fn rendered(&self) -> Result<&Rendered, Failure> {
        if let Some(rendered) = self.rendered.get() {
            return Ok(rendered);
        }
        let metadata = serde_json::to_vec(&Metadata::of(self)).map_err(|_| Failure::defect())?;
        let answer = Bytes::from([HEAD.as_bytes(), &metadata, TAIL.as_bytes()].concat());
        Ok(self.rendered.get_or_init(|| Rendered {
            metadata: answer.slice(HEAD.len()..HEAD.len() + metadata.len()),
            tag: entity_tag::of(&answer),
            answer,
        }))
    }
}

/// An action as both clients want it, and what only we say.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ActionMetadata")]
pub(super) struct Metadata<'a> {
    id: &'a str,
    service: &'a str,
    name: &'a str,
    title: String,
    description: &'a str,
    effect: Effect,
    idempotent: bool,
    returns: Returns,
    /// The action's digest in the authority lock.
    digest: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    deprecated: Option<&'a str>,
    /// Of each scope that is needed the most usual alternative.
    required_scopes: Vec<&'a str>,
    /// Each scope that is needed as all of its alternatives, if any has several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    scope_alternatives: Vec<Vec<&'a str>>,
    provider_permissions: [&'a str; 0],
    input_schema: Value,
    output_schema: Value,
    follow_up_actions: [Value; 0],
    async_lifecycle: (),
    execution: Execution,
}

/// What it takes to run an action.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the members are those of the contract"
)]
struct Execution {
    locally_executable: bool,
    catalog_only: bool,
    required_auth_types: Vec<&'static str>,
    no_auth_runnable: bool,
    needs_credential: bool,
}

impl<'a> Metadata<'a> {
    fn of(card: &'a Card) -> Self {
        let Entry { connector, action } = &card.entry;
        let scopes = action.scopes();
        let available = connector.availability() == Availability::Available;
        let free = runs_without_credential(connector);
        Self {
            id: &card.id,
            service: connector.name(),
            name: action.name(),
            title: action.title().into_owned(),
            description: action.description(),
            effect: action.effect(),
            idempotent: action.idempotent(),
            returns: action.returns(),
            digest: lock::digest(&card.entry),
            deprecated: action.deprecated(),
            required_scopes: scopes
                .iter()
                .filter_map(|scope| scope.alternatives().first().copied())
                .collect(),
            scope_alternatives: if scopes.iter().any(|scope| scope.alternatives().len() > 1) {
                let scopes = scopes.iter();
                scopes.map(|scope| scope.alternatives().to_vec()).collect()
            } else {
                Vec::new()
            },
            provider_permissions: [],
            input_schema: action.input_schema(),
            output_schema: action.output_schema(),
            follow_up_actions: [],
            async_lifecycle: (),
            execution: Execution {
                locally_executable: available,
                catalog_only: !available,
                required_auth_types: auth_types(connector)
                    .into_iter()
                    .filter(|kind| *kind != NO_AUTH)
                    .collect(),
                no_auth_runnable: free,
                needs_credential: !free,
            },
        }
    }
}

/// What this dialect calls a scheme without a credential.
pub(super) const NO_AUTH: &str = "no_auth";

/// Returns what this dialect calls a kind of auth scheme.
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

/// Tells whether a connector can be used without a connection.
pub(super) fn runs_without_credential(connector: &Connector) -> bool {
    let schemes = connector.auth();
    schemes.is_empty()
        || schemes
            .iter()
            .any(|auth| matches!(auth.scheme, Scheme::None))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn catalog() -> Catalog {
        Catalog::new(&Registry::new([&plugwright_github::CONNECTOR]).unwrap())
    }

    #[test]
    fn metadata_is_what_the_clients_expect_of_it() {
        let catalog = catalog();
        let card = catalog
            .of_service("github")
            .find(|card| card.id() == "github.issues.remove_label");
        let rendered = card.unwrap().rendered().unwrap();
        let mut answer: Value = serde_json::from_slice(&rendered.answer).unwrap();
        let metadata: Value = serde_json::from_slice(&rendered.metadata).unwrap();
        assert_eq!(metadata, answer["data"]);
        // It changes with every word of the action.
        let digest = answer["data"]
            .as_object_mut()
            .unwrap()
            .shift_remove("digest");
        assert_eq!(digest, Some(lock::digest(&card.unwrap().entry).into()));
        insta::assert_json_snapshot!(answer);
    }

    #[test]
    fn a_search_finds_cards_the_best_first() {
        let catalog = catalog();
        let ids = |words| catalog.search(words).map(Card::id).collect::<Vec<_>>();
        assert_eq!(ids("list issues")[0], "github.issues.list");
        assert_eq!(ids("merge pulls")[0], "github.pulls.merge");
        assert_eq!(
            ids("github").len(),
            plugwright_github::CONNECTOR.actions().len()
        );
        assert!(ids("xylophone").is_empty());
    }

    #[test]
    fn every_action_has_a_card_and_an_entity_tag_of_its_own() {
        let catalog = catalog();
        let registry = Registry::new([&plugwright_github::CONNECTOR]).unwrap();
        let mut tags = std::collections::HashSet::new();
        for entry in registry.actions() {
            let card = catalog.card(entry).unwrap();
            assert_eq!(card.id(), entry.id());
            assert_eq!(card.service(), "github");
            assert!(
                tags.insert(card.rendered().unwrap().tag.clone()),
                "{}",
                card.id()
            );
        }
        assert!(catalog.of_service("gitlab").next().is_none());
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
