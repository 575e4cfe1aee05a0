//! `/v1/tools`: what can be called, in three steps, or by words.

use std::collections::HashSet;
use std::time::Instant;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use plugwright_catalog::SearchQuery;
use plugwright_sdk::auth::SchemeKind;
use plugwright_sdk::host::{Connector, Effect, Entry, Returns};
use plugwright_sdk::param::ParamDefinition;
use plugwright_sdk::{ActionError, Auth, ErrorCode, Value};
use serde::Serialize;
use url::form_urlencoded;

use super::call::{bad_path, find, subject};
use super::envelope::{Failure, Subject, fresh};
use super::{connector, identify, limited};
use crate::caller::Caller;
use crate::gateway::Gateway;
use crate::view::view;

/// The dialect has no limit, and no pages.
const MOST_HITS: usize = 200;

view! {
    #[derive(Serialize)]
    struct ConnectorSummary(connector: &Connector, action_count: usize) {
        name: String = connector.name().to_owned(),
        display_name: String = connector.display_name().to_owned(),
        version: String = connector.version().to_owned(),
        auth_type: &'static str = {
            let preferred = connector.auth().first();
            preferred.map_or(SchemeKind::None, Auth::kind).as_str()
        },
        action_count: usize = action_count,
    }
}

view! {
    #[derive(Serialize)]
    struct Hit(entry: &Entry) {
        connector: String = entry.connector.name().to_owned(),
        action: String = entry.action.name().to_owned(),
        description: String = entry.action.description().to_owned(),
        returns: Returns = entry.action.returns(),
    }
}

view! {
    #[derive(Serialize)]
    struct ConnectorDetail(connector: &Connector, actions: Vec<ActionSummary>) {
        name: String = connector.name().to_owned(),
        display_name: String = connector.display_name().to_owned(),
        actions: Vec<ActionSummary> = actions,
    }
}

view! {
    #[derive(Serialize)]
    struct ActionSummary(entry: &Entry) {
        name: String = entry.action.name().to_owned(),
        description: String = entry.action.description().to_owned(),
        returns: Returns = entry.action.returns(),
    }
}

view! {
    /// An action as this dialect describes it, with its schemas, which are more detailed.
    #[derive(Serialize)]
    struct ActionDetail(entry: &Entry) {
        name: String = entry.action.name().to_owned(),
        description: String = entry.action.description().to_owned(),
        effect: Effect = entry.action.effect(),
        params: Vec<ParamDefinition> = entry.action.params(),
        returns: Returns = entry.action.returns(),
        input_schema: Value = entry.action.input_schema(),
        output_schema: Value = entry.action.output_schema(),
    }
}

/// `GET /v1/tools`: the connectors, or with `search` the actions that match these words.
pub(super) async fn connectors(
    State(gateway): State<Gateway>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    respond(&gateway, &headers, query.as_deref(), |caller| {
        let words = form_urlencoded::parse(query.as_deref().unwrap_or_default().as_bytes())
            .find(|(name, _)| name == "search")
            .map(|(_, words)| words.trim().to_owned())
            .filter(|words| !words.is_empty());
        match words {
            Some(words) => {
                caller.gateway.engine().check_search("search", &words)?;
                let hits = search(caller, &words)?;
                Ok((Subject::gateway("tools.search"), Listing::Hits(hits)))
            }
            None => {
                let connectors = caller.connectors().map(|connector| {
                    ConnectorSummary::new(connector, caller.action_names(connector).count())
                });
                let connectors = Listing::Connectors(connectors.collect());
                Ok((Subject::gateway("tools.list"), connectors))
            }
        }
    })
    .await
}

#[derive(Serialize)]
#[serde(untagged)]
enum Listing {
    Connectors(Vec<ConnectorSummary>),
    Hits(Vec<Hit>),
}

/// `GET /v1/tools/{connector}`: the actions of a connector.
pub(super) async fn actions(
    State(gateway): State<Gateway>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    path: Result<Path<String>, PathRejection>,
) -> Response {
    respond(&gateway, &headers, query.as_deref(), |caller| {
        let Path(name) = path.map_err(|_| bad_path())?;
        let connector = connector(caller, &name)?;
        let actions = caller
            .actions(connector)
            .map(|entry| ActionSummary::new(&entry));
        let detail = ConnectorDetail::new(connector, actions.collect());
        Ok((Subject::new(connector.name(), "tools.detail"), detail))
    })
    .await
}

/// `GET /v1/tools/{connector}/{action}`: one action.
pub(super) async fn action(
    State(gateway): State<Gateway>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    path: Result<Path<(String, String)>, PathRejection>,
) -> Response {
    respond(&gateway, &headers, query.as_deref(), |caller| {
        let entry = find(caller, &subject(path)?)?;
        if !caller.allows(&entry.id()) {
            let message = format!("no action is named `{}`", entry.id());
            return Err(ActionError::new(ErrorCode::ActionNotFound, message).into());
        }
        let subject = Subject::new(entry.connector.name(), "tools.schema");
        Ok((subject, ActionDetail::new(&entry)))
    })
    .await
}

async fn respond<D: Serialize>(
    gateway: &Gateway,
    headers: &HeaderMap,
    query: Option<&str>,
    find: impl FnOnce(&Caller) -> Result<(Subject, D), Failure>,
) -> Response {
    let started = Instant::now();
    match identify(gateway, headers, query).await {
        Ok(caller) => {
            let found = find(&caller);
            limited(
                &caller,
                found.and_then(|(subject, data)| fresh(&data, subject, started)),
            )
        }
        Err(failure) => failure.into_response(),
    }
}

/// Returns the actions that match the words, the best first, and after them those of compiled
/// connectors whose name or description contains the text as it is.
fn search(caller: &Caller, words: &str) -> Result<Vec<Hit>, ActionError> {
    let text = words.to_lowercase();
    let has_text = |entry: &Entry| {
        [entry.action.name(), entry.action.description()]
            .iter()
            .any(|place| place.to_lowercase().contains(&text))
    };
    let entries = caller.gateway.registry().own_actions().iter();
    let others = entries.filter(|entry| has_text(entry) && caller.allows(&entry.id()));
    let mut seen = HashSet::new();
    let found = caller.search(SearchQuery::new(words).limit(MOST_HITS))?;
    Ok(found
        .into_iter()
        .chain(others.cloned())
        .filter(|entry| seen.insert(entry.id()))
        .map(|entry| Hit::new(&entry))
        .collect())
}
