//! `/admin/projects`, with their keys.

use axum::extract::State;
use plugwright_sdk::ActionError;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::request::{Id, Json, NAME, SHOWN_NAME};
use super::state::{AdminState, Reply, created, items, ok};
use super::tokens::{self, TokenBody};
use crate::members::{Body, Kind, Members, TEXTS};
use crate::view::view;
use plugwright_engine::patterns::unmatched_of_grant;
use plugwright_engine::projects::{
    MOST_RETURN_URIS, NewProject, ProjectChange, Projects, key_grant,
};
use plugwright_store::{Project, Timestamp};

view! {
    /// A product whose end users connect accounts.
    #[derive(Serialize, JsonSchema)]
    #[serde(rename_all = "camelCase")]
    #[schemars(rename = "Project")]
    pub(super) struct View<'a>(project: &'a Project) {
        id: Uuid = project.id,
        name: &'a str = &project.name,
        /// The name that its end users see.
        display_name: &'a str = &project.display_name,
        /// Where browsers may be redirected to.
        return_uris: &'a [String] = &project.return_uris,
        created_at: Timestamp = project.created_at,
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
        "Where browsers may be redirected to: a URL must have an entry's scheme, host and port, and \
         the entry's path or one below it. `myapp:` allows all URLs of that scheme.",
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
) -> Reply {
    let project = state
        .change(|state| async move { state.projects().create(new, faults).await })
        .await?;
    Ok(created(&View::new(&project)))
}

pub(super) async fn list(State(state): State<AdminState>) -> Reply {
    let projects = state.store.projects().await.map_err(ActionError::from)?;
    let views: Vec<_> = projects.iter().map(View::new).collect();
    Ok(items(&views))
}

pub(super) async fn show(State(state): State<AdminState>, Id(id): Id) -> Reply {
    let project = state.projects().project(id).await?;
    Ok(ok(&View::new(&project)))
}

pub(super) async fn change(
    State(state): State<AdminState>,
    Id(id): Id,
    Json(change, faults): Json<ProjectChange>,
) -> Reply {
    let project = state
        .change(|state| async move { state.projects().change(id, change, faults).await })
        .await?;
    Ok(ok(&View::new(&project)))
}

pub(super) async fn delete(State(state): State<AdminState>, Id(id): Id) -> Reply {
    state
        .delete(|state| async move { state.projects().delete(id).await })
        .await
}

pub(super) async fn create_key(
    State(state): State<AdminState>,
    Id(id): Id,
    Json(new, faults): Json<TokenBody>,
) -> Reply {
    let new = new.token(&key_grant());
    let (key, text) = state
        .change(|state| async move { state.projects().create_key(id, new, faults).await })
        .await?;
    let warnings = unmatched_of_grant(&state.registry, &key.grant).await;
    Ok(created(&tokens::View::new(&key, Some(&text), warnings)))
}

pub(super) async fn keys(State(state): State<AdminState>, Id(id): Id) -> Reply {
    let keys = state.projects().keys(id).await?;
    let views: Vec<_> = keys
        .iter()
        .map(|key| tokens::View::new(key, None, Vec::new()))
        .collect();
    Ok(items(&views))
}
