//! `/v1/tools`: what can be called, in three steps, or by words.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Instant;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use plugwright_sdk::Auth;
use plugwright_sdk::auth::SchemeKind;
use plugwright_sdk::host::search::SearchIndex;
use plugwright_sdk::host::{Connector, Effect, Entry, Returns};
use plugwright_sdk::param::ParamDefinition;
use plugwright_sdk::{ErrorCode, Value};
use serde::Serialize;
use url::form_urlencoded;

use super::Dialect;
use super::call::{bad_path, find, subject};
use super::envelope::{Failure, Subject, fresh};
use plugwright_engine::Principal;

#[derive(Serialize)]
struct Listing<'a> {
    name: &'a str,
    display_name: &'a str,
    version: &'a str,
    auth_type: &'static str,
    action_count: usize,
}

#[derive(Serialize)]
struct Hit {
    connector: String,
    action: String,
    description: String,
    returns: Returns,
}

#[derive(Serialize)]
struct Detail<'a> {
    name: &'a str,
    display_name: &'a str,
    actions: Vec<Listed<'a>>,
}

#[derive(Serialize)]
struct Listed<'a> {
    name: &'a str,
    description: &'a str,
    returns: Returns,
}

/// An action as this dialect describes it, and the schemas, which say everything.
#[derive(Serialize)]
struct Described<'a> {
    name: &'a str,
    description: &'a str,
    effect: Effect,
    params: Vec<ParamDefinition>,
    returns: Returns,
    input_schema: Value,
    output_schema: Value,
}

/// `GET /v1/tools`: the connectors, or with `search` the actions that have these words.
pub(super) async fn connectors(
    State(dialect): State<Arc<Dialect>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let started = Instant::now();
    answered(&dialect, &headers, query.as_deref(), |principal| {
        let words = form_urlencoded::parse(query.as_deref().unwrap_or_default().as_bytes())
            .find(|(name, _)| name == "search")
            .map(|(_, words)| words.trim().to_owned())
            .filter(|words| !words.is_empty());
        match words {
            Some(words) => {
                dialect.gateway.engine().check_search("search", &words)?;
                let hits = search(&dialect, principal, &words);
                fresh(&hits, Subject::gateway("tools.search"), started)
            }
            None => {
                let connectors: Vec<_> = dialect
                    .connectors(principal)
                    .map(|connector| Listing {
                        name: connector.name(),
                        display_name: connector.display_name(),
                        version: connector.version(),
                        auth_type: auth_type(connector),
                        action_count: dialect.visible(principal, connector).count(),
                    })
                    .collect();
                fresh(&connectors, Subject::gateway("tools.list"), started)
            }
        }
    })
    .await
}

/// `GET /v1/tools/{connector}`: the actions of a connector.
pub(super) async fn actions(
    State(dialect): State<Arc<Dialect>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    path: Result<Path<String>, PathRejection>,
) -> Response {
    let started = Instant::now();
    answered(&dialect, &headers, query.as_deref(), |principal| {
        let Path(name) = path.map_err(|_| bad_path())?;
        let connector = dialect.connector(principal, &name)?;
        let entries: Vec<_> = dialect.visible(principal, connector).collect();
        let actions = entries.iter().map(|entry| Listed {
            name: entry.action.name(),
            description: entry.action.description(),
            returns: entry.action.returns(),
        });
        let detail = Detail {
            name: connector.name(),
            display_name: connector.display_name(),
            actions: actions.collect(),
        };
        let subject = Subject::new(connector.name(), "tools.detail");
        fresh(&detail, subject, started)
    })
    .await
}

/// `GET /v1/tools/{connector}/{action}`: one action.
pub(super) async fn action(
    State(dialect): State<Arc<Dialect>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    path: Result<Path<(String, String)>, PathRejection>,
) -> Response {
    let started = Instant::now();
    answered(&dialect, &headers, query.as_deref(), |principal| {
        let asked = subject(path)?;
        let entry = find(&dialect, principal, &asked)?;
        if !dialect.gateway.allows(principal, &entry.id()) {
            let message = format!("no action is named `{}`", entry.id());
            return Err(
                plugwright_sdk::ActionError::new(ErrorCode::ActionNotFound, message).into(),
            );
        }
        let action = &entry.action;
        let described = Described {
            name: action.name(),
            description: action.description(),
            effect: action.effect(),
            params: action.params(),
            returns: action.returns(),
            input_schema: action.input_schema(),
            output_schema: action.output_schema(),
        };
        let subject = Subject::new(entry.connector.name(), "tools.schema");
        fresh(&described, subject, started)
    })
    .await
}

/// Answers whoever has a key.
async fn answered(
    dialect: &Dialect,
    headers: &HeaderMap,
    query: Option<&str>,
    answer: impl FnOnce(&Principal) -> Result<Response, Failure>,
) -> Response {
    match dialect.principal(headers, query).await {
        Ok(principal) => {
            let response = answer(&principal).into_response();
            dialect.limited(&principal, response)
        }
        Err(failure) => failure.into_response(),
    }
}

/// Returns the actions that have the words, the best first, and after them those whose name or
/// description has the text as it is.
fn search(dialect: &Dialect, principal: &Principal, words: &str) -> Vec<Hit> {
    let entries = dialect.gateway.registry().actions();
    let index = dialect.index.get_or_init(|| SearchIndex::new(entries));
    let text = words.to_lowercase();
    let has_text = |entry: &Entry| {
        [entry.action.name(), entry.action.description()]
            .iter()
            .any(|place| place.to_lowercase().contains(&text))
    };
    let mut seen = HashSet::new();
    index
        .search(words)
        .chain(entries.iter().filter(|entry| has_text(entry)).cloned())
        .filter(|entry| dialect.gateway.allows(principal, &entry.id()))
        .filter(|entry| seen.insert(entry.id()))
        .map(|entry| Hit {
            connector: entry.connector.name().to_owned(),
            action: entry.action.name().to_owned(),
            description: entry.action.description().to_owned(),
            returns: entry.action.returns(),
        })
        .collect()
}

/// Returns the preferred way to authenticate.
fn auth_type(connector: &Connector) -> &'static str {
    let preferred = connector.auth().first();
    preferred.map_or(SchemeKind::None, Auth::kind).as_str()
}
