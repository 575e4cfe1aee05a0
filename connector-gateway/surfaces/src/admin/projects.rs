//! `/admin/projects`, with their keys.

use axum::extract::State;
use http::StatusCode;
use plugwright_sdk::ActionError;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::operations::{NAME, SHOWN_NAME};
use super::request::{Id, Json};
use super::tokens::TokenBody;
use super::{AdminState, Answer, answer, items, tokens};
use crate::members::{Body, Kind, Members, TEXTS};
use plugwright_engine::projects::{
    MOST_RETURN_URIS, NewProject, ProjectChange, Projects, key_grant,
};
use plugwright_store::Project;
use plugwright_store::Timestamp;

/// A product whose end users connect accounts.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Project")]
pub(super) struct View<'a> {
    id: Uuid,
    name: &'a str,
    /// What its end users know it by.
    display_name: &'a str,
    /// Where browsers may be sent back to.
    return_uris: &'a [String],
    created_at: Timestamp,
}

impl<'a> View<'a> {
    fn new(project: &'a Project) -> Self {
        Self {
            id: project.id,
            name: &project.name,
            display_name: &project.display_name,
            return_uris: &project.return_uris,
            created_at: project.created_at,
        }
    }
}

impl AdminState {
    pub(super) fn projects(&self) -> Projects<'_> {
        Projects {
            store: &*self.store,
            registry: &self.registry,
        }
    }
}

const RETURN_URIS: Kind<Vec<String>> = TEXTS
    .schema(|_| {
        json!({ "type": "array", "items": { "type": "string" }, "maxItems": MOST_RETURN_URIS })
    })
    .about(
        "Where browsers may be sent back to: an address must have an entry's scheme, host and port, \
         and a path that begins with the entry's, at the end of a segment. `myapp:` is for all \
         addresses of that scheme.",
    );

impl Body for NewProject {
    fn read(members: &mut Members<'_>) -> Self {
        Self {
            name: members.required("name", NAME),
            display_name: members.optional("displayName", SHOWN_NAME),
            return_uris: members
                .optional("returnUris", RETURN_URIS)
                .unwrap_or_default(),
        }
    }
}

impl Body for ProjectChange {
    fn read(members: &mut Members<'_>) -> Self {
        Self {
            name: members.optional("name", NAME),
            display_name: members.optional("displayName", SHOWN_NAME),
            return_uris: members.optional("returnUris", RETURN_URIS),
        }
    }
}

pub(super) async fn create(
    State(state): State<AdminState>,
    Json(new, faults): Json<NewProject>,
) -> Answer {
    let project = state
        .change(|state| async move { state.projects().create(new, faults).await })
        .await?;
    Ok(answer(StatusCode::CREATED, &View::new(&project)))
}

pub(super) async fn list(State(state): State<AdminState>) -> Answer {
    let projects = state.store.projects().await.map_err(ActionError::from)?;
    let views: Vec<_> = projects.iter().map(View::new).collect();
    Ok(items(&views))
}

pub(super) async fn show(State(state): State<AdminState>, Id(id): Id) -> Answer {
    let project = state.projects().project(id).await?;
    Ok(answer(StatusCode::OK, &View::new(&project)))
}

pub(super) async fn change(
    State(state): State<AdminState>,
    Id(id): Id,
    Json(change, faults): Json<ProjectChange>,
) -> Answer {
    let project = state
        .change(|state| async move { state.projects().change(id, change, faults).await })
        .await?;
    Ok(answer(StatusCode::OK, &View::new(&project)))
}

pub(super) async fn delete(State(state): State<AdminState>, Id(id): Id) -> Answer {
    state
        .delete(|state| async move { state.projects().delete(id).await })
        .await
}

pub(super) async fn create_key(
    State(state): State<AdminState>,
    Id(id): Id,
    Json(new, faults): Json<TokenBody>,
) -> Answer {
    let new = new.token(&key_grant());
    let (key, text) = state
        .change(|state| async move { state.projects().create_key(id, new, faults).await })
        .await?;
    let made = tokens::View::made(&key, &text);
    Ok(answer(StatusCode::CREATED, &made))
}

pub(super) async fn keys(State(state): State<AdminState>, Id(id): Id) -> Answer {
    let keys = state.projects().keys(id).await?;
    let views: Vec<_> = keys.iter().map(tokens::View::new).collect();
    Ok(items(&views))
}
