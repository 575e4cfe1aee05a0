//! The documents, each made once for all callers that see the same.

use std::sync::Arc;

use plugwright_sdk::host::{Connector, Entry};
use plugwright_sdk::{ActionError, ErrorCode};
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use serde_json::{Value, json};

use super::api::Api;
use super::{actions, operations};
use crate::caller::Caller;
use crate::tagged::TaggedBody;
use crate::{admin, api_v1, oomol};
use plugwright_engine::Principal;

/// The most actions of one document: nobody reads a longer one, and no generator takes it. Each
/// connector has its own.
const MOST_ACTIONS: usize = 2_000;

/// How many bytes of documents are kept.
const KEPT: u64 = 64 << 20;

/// How many documents are expected: so few that the cache is one piece, and a large document has room.
const EXPECTED: usize = 32;

/// What a document is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Scope {
    Whole,
    Connector(String),
}

pub(super) struct Documents {
    /// The policy doesn't change while the process runs, so what a document says depends on the
    /// grant and the connectors alone.
    rendered: Cache<Key, Arc<TaggedBody>, Length>,
}

/// What a document is about, what its reader may see, and the generation of the connectors.
type Key = (Scope, String, u64);

#[derive(Clone)]
struct Length;

impl Weighter<Key, Arc<TaggedBody>> for Length {
    fn weight(&self, _: &Key, document: &Arc<TaggedBody>) -> u64 {
        document.body.len() as u64
    }
}

impl Documents {
    pub(super) fn new() -> Self {
        Self {
            rendered: Cache::with_weighter(EXPECTED, KEPT, Length),
        }
    }

    /// Returns a document as a caller may see it. `CONNECTOR_NOT_FOUND` if there is no such connector, or
    /// the caller may call none of its actions.
    pub(super) async fn render(
        self: &Arc<Self>,
        caller: Caller,
        scope: Scope,
    ) -> Result<Arc<TaggedBody>, ActionError> {
        let generation = caller.gateway.registry().generation();
        let key = (scope.clone(), seen_by(&caller.principal)?, generation);
        if let Some(rendered) = self.rendered.get(&key) {
            return Ok(rendered);
        }
        let this = Arc::clone(self);
        // Slow for a large registry, and done once for all who wait for it.
        let made = tokio::task::spawn_blocking(move || {
            let make = || make(&caller, &scope);
            this.rendered.get_or_insert_with(&key, make)
        });
        made.await.unwrap_or_else(|stopped| Err(broken(stopped)))
    }
}

fn make(caller: &Caller, scope: &Scope) -> Result<Arc<TaggedBody>, ActionError> {
    let document = match scope {
        Scope::Whole => whole(caller, MOST_ACTIONS),
        Scope::Connector(name) => of_connector(caller, name)?,
    };
    let body = serde_json::to_vec(&document).map_err(broken)?;
    Ok(Arc::new(TaggedBody::new(body)))
}

/// Returns a key that is the same for callers who see the same.
fn seen_by(principal: &Principal) -> Result<String, ActionError> {
    let grant = &principal.grant;
    let seen = (
        principal.operator,
        principal.project.is_some(),
        principal.is_anonymous(),
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

/// Makes the document of everything that a caller may call; of its actions only if there are not
/// more than `most_actions`.
pub(super) fn whole(caller: &Caller, most_actions: usize) -> Value {
    let principal = &*caller.principal;
    let dialects = &caller.gateway.inner().dialects;
    let mut api = Api::new(principal.is_anonymous());
    if dialects.oomol {
        oomol::openapi::describe(&mut api, caller);
    }
    if dialects.alumia && principal.project.is_none() {
        api_v1::describe(&mut api);
    }
    operations::describe(&mut api);
    if principal.operator {
        admin::describe(&mut api);
    }
    let connectors: Vec<_> = visible(caller).collect();
    let counts = connectors
        .iter()
        .map(|connector| caller.action_names(connector).count());
    let count: usize = counts.sum();
    let mut description =
        "Connectors for apps and agents. Every action that the token may call is an operation."
            .to_owned();
    if count <= most_actions {
        let entries = connectors.iter().map(|connector| caller.actions(connector));
        let entries: Vec<_> = entries.flatten().collect();
        actions::describe(&mut api, &entries);
    } else {
        description = format!(
            "Connectors for apps and agents. The token may call {count} actions, too many for one \
             document: each connector has its own, which its tag links to."
        );
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

fn of_connector(caller: &Caller, name: &str) -> Result<Value, ActionError> {
    let connector = caller
        .connector(name)
        .filter(|_| has_actions(caller))
        .ok_or_else(|| caller.unknown_connector("connector", name))?;
    let entries: Vec<Entry> = caller.actions(connector).collect();
    let mut api = Api::new(caller.principal.is_anonymous());
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

/// Returns the connectors whose actions a caller may call by OOMOL's dialect: none without that
/// dialect, and none for a project's key, which calls by other operations.
fn visible(caller: &Caller) -> impl Iterator<Item = &Connector> {
    let has_actions = has_actions(caller);
    caller.connectors().filter(move |_| has_actions)
}

fn has_actions(caller: &Caller) -> bool {
    caller.gateway.inner().dialects.oomol && caller.principal.project.is_none()
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn a_large_document_has_room() {
        let documents = Documents::new();
        let key = (Scope::Whole, String::new(), 0);
        let large = TaggedBody {
            body: vec![0; 48 << 20].into(),
            tag: HeaderValue::from_static("\"large\""),
        };
        documents.rendered.insert(key.clone(), Arc::new(large));
        assert!(documents.rendered.get(&key).is_some());
    }
}
