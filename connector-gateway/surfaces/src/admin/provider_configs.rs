//! `/admin/projects/{id}/provider-configs` and `/admin/provider-configs`.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use plugwright_sdk::ActionError;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::body::{Body, FLAG, TEXT, TEXTS};
use super::request::{Id, Json};
use super::{AdminState, Answer, answer, items};
use plugwright_engine::oauth::ClientEntry;
use plugwright_engine::projects::{ConfigChange, NewConfig};
use plugwright_store::ProviderConfig;
use plugwright_store::Timestamp;

/// How a project uses a connector.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ProviderConfig")]
pub(super) struct View {
    id: Uuid,
    /// The project's id.
    project: Uuid,
    connector: String,
    name: String,
    /// Whether accounts can be connected and used by it.
    active: bool,
    /// The scopes that people are asked for; null asks for those that the connector asks for.
    scopes: Option<Vec<String>>,
    /// The OAuth client in use, if there is one.
    oauth_client: Option<ClientEntry>,
    created_at: Timestamp,
}

impl AdminState {
    async fn view(&self, config: ProviderConfig) -> Result<View, ActionError> {
        let clients = self.oauth_clients();
        let oauth_client = clients.of_config(config.id, &config.connector).await?;
        Ok(View {
            id: config.id,
            project: config.project,
            connector: config.connector,
            name: config.name,
            active: config.active,
            scopes: config.scopes,
            oauth_client,
            created_at: config.created_at,
        })
    }

    async fn shown(
        &self,
        status: StatusCode,
        config: ProviderConfig,
    ) -> Result<Response, ActionError> {
        Ok(answer(status, &self.view(config).await?))
    }
}

pub(super) async fn create(
    State(state): State<AdminState>,
    Id(project): Id,
    Json(value): Json,
) -> Answer {
    let mut body = Body::read(value, &["connector", "name", "scopes", "active"])?;
    let new = NewConfig {
        connector: body.required("connector", TEXT),
        name: body.optional("name", TEXT),
        scopes: body.optional("scopes", TEXTS),
        active: body.optional("active", FLAG),
    };
    let faults = body.faults();
    let inner = state.clone();
    let config = state
        .change(async move { inner.projects().create_config(project, new, faults).await })
        .await?;
    Ok(state.shown(StatusCode::CREATED, config).await?)
}

pub(super) async fn list(State(state): State<AdminState>, Id(project): Id) -> Answer {
    let configs = state.projects().configs(project).await?;
    let mut views = Vec::with_capacity(configs.len());
    for config in configs {
        views.push(state.view(config).await?);
    }
    Ok(items(&views))
}

pub(super) async fn show(State(state): State<AdminState>, Id(id): Id) -> Answer {
    let config = state.projects().config(id).await?;
    Ok(state.shown(StatusCode::OK, config).await?)
}

pub(super) async fn change(
    State(state): State<AdminState>,
    Id(id): Id,
    Json(value): Json,
) -> Answer {
    let mut body = Body::read(value, &["name", "scopes", "active"])?;
    let change = ConfigChange {
        name: body.optional("name", TEXT),
        scopes: body.nullable("scopes", TEXTS),
        active: body.optional("active", FLAG),
    };
    let faults = body.faults();
    let inner = state.clone();
    let config = state
        .change(async move { inner.projects().change_config(id, change, faults).await })
        .await?;
    Ok(state.shown(StatusCode::OK, config).await?)
}

pub(super) async fn delete(State(state): State<AdminState>, Id(id): Id) -> Answer {
    let inner = state.clone();
    state
        .change(async move { inner.projects().delete_config(id).await })
        .await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
