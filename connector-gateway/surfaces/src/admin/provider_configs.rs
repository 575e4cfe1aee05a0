//! `/admin/projects/{id}/provider-configs` and `/admin/provider-configs`.

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use plugwright_sdk::ActionError;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::operations::SHOWN_NAME;
use super::request::{Id, Json};
use super::{AdminState, Answer, answer, items};
use crate::members::{Body, FLAG, Kind, Members, TEXT, TEXTS};
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

const SCOPES: Kind<Vec<String>> = TEXTS
    .schema(|_| json!({ "type": "array", "items": { "type": "string" }, "minItems": 1 }))
    .about(
        "The scopes that people are asked for; null asks for those that the connector asks for.",
    );

impl Body for NewConfig {
    fn read(members: &mut Members<'_>) -> Self {
        Self {
            connector: members.required("connector", TEXT),
            name: members.optional("name", SHOWN_NAME),
            scopes: members.optional("scopes", SCOPES),
            active: members.optional("active", FLAG),
        }
    }
}

impl Body for ConfigChange {
    fn read(members: &mut Members<'_>) -> Self {
        Self {
            name: members.optional("name", SHOWN_NAME),
            scopes: members.nullable("scopes", SCOPES),
            active: members.optional("active", FLAG),
        }
    }
}

pub(super) async fn create(
    State(state): State<AdminState>,
    Id(project): Id,
    Json(new, faults): Json<NewConfig>,
) -> Answer {
    let config = state
        .change(|state| async move { state.projects().create_config(project, new, faults).await })
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
    Json(change, faults): Json<ConfigChange>,
) -> Answer {
    let config = state
        .change(|state| async move { state.projects().change_config(id, change, faults).await })
        .await?;
    Ok(state.shown(StatusCode::OK, config).await?)
}

pub(super) async fn delete(State(state): State<AdminState>, Id(id): Id) -> Answer {
    state
        .delete(|state| async move { state.projects().delete_config(id).await })
        .await
}
