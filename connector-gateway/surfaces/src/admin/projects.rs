//! `/admin/projects`, with their keys.

use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use plugwright_sdk::ActionError;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::body::{Body, TEXT, TEXTS};
use super::request::{Id, Json};
use super::{AdminState, Answer, answer, items, tokens};
use plugwright_engine::projects::{NewProject, ProjectChange, Projects, key_grant};
use plugwright_store::Project;
use plugwright_store::Timestamp;

const MEMBERS: &[&str] = &["name", "displayName", "returnUris"];

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

pub(super) async fn create(State(state): State<AdminState>, Json(value): Json) -> Answer {
    let mut body = Body::read(value, MEMBERS)?;
    let new = NewProject {
        name: body.required("name", TEXT),
        display_name: body.optional("displayName", TEXT),
        return_uris: body.optional("returnUris", TEXTS).unwrap_or_default(),
    };
    let faults = body.faults();
    let inner = state.clone();
    let project = state
        .change(async move { inner.projects().create(new, faults).await })
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
    Json(value): Json,
) -> Answer {
    let mut body = Body::read(value, MEMBERS)?;
    let change = ProjectChange {
        name: body.optional("name", TEXT),
        display_name: body.optional("displayName", TEXT),
        return_uris: body.optional("returnUris", TEXTS),
    };
    let faults = body.faults();
    let inner = state.clone();
    let project = state
        .change(async move { inner.projects().change(id, change, faults).await })
        .await?;
    Ok(answer(StatusCode::OK, &View::new(&project)))
}

pub(super) async fn delete(State(state): State<AdminState>, Id(id): Id) -> Answer {
    let inner = state.clone();
    state
        .change(async move { inner.projects().delete(id).await })
        .await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(super) async fn create_key(
    State(state): State<AdminState>,
    Id(id): Id,
    Json(value): Json,
) -> Answer {
    let (new, faults) = tokens::read_new(value, &key_grant())?;
    let inner = state.clone();
    let (key, text) = state
        .change(async move { inner.projects().create_key(id, new, faults).await })
        .await?;
    Ok(answer(
        StatusCode::CREATED,
        &tokens::View::made(&key, &text),
    ))
}

pub(super) async fn keys(State(state): State<AdminState>, Id(id): Id) -> Answer {
    let keys = state.projects().keys(id).await?;
    let views: Vec<_> = keys.iter().map(tokens::View::new).collect();
    Ok(items(&views))
}
