//! `/admin/projects/{id}/provider-configs` and `/admin/provider-configs`.

use axum::extract::State;
use plugwright_sdk::ActionError;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::request::{Id, Json, SHOWN_NAME};
use super::state::{AdminState, Reply, created, items, ok};
use crate::members::{Body, FLAG, Kind, Members, TEXT, TEXTS};
use crate::view::view;
use plugwright_engine::oauth::ClientEntry;
use plugwright_engine::projects::{ConfigChange, NewConfig};
use plugwright_store::{ProviderConfig, Timestamp};

view! {
    /// How a project uses a connector.
    #[derive(Serialize, JsonSchema)]
    #[serde(rename_all = "camelCase")]
    #[schemars(rename = "ProviderConfig")]
    pub(super) struct View(config: ProviderConfig, client: Option<ClientEntry>) {
        id: Uuid = config.id,
        /// The project's id.
        project: Uuid = config.project,
        connector: String = config.connector,
        name: String = config.name,
        /// Whether accounts can be connected and used by it.
        active: bool = config.active,
        /// The scopes to ask people for; null stands for the connector's default scopes.
        scopes: Option<Vec<String>> = config.scopes,
        /// The OAuth client in use, if there is one.
        oauth_client: Option<ClientEntry> = client,
        created_at: Timestamp = config.created_at,
    }
}

impl AdminState {
    async fn view(&self, config: ProviderConfig) -> Result<View, ActionError> {
        let clients = self.oauth_clients();
        let client = clients.of_config(config.id, &config.connector).await?;
        Ok(View::new(config, client))
    }
}

const SCOPES: Kind<Vec<String>> = TEXTS
    .schema(|_| json!({ "type": "array", "items": { "type": "string" }, "minItems": 1 }))
    .about("The scopes to ask people for; null stands for the connector's default scopes.");

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
) -> Reply {
    let config = state
        .change(|state| async move { state.projects().create_config(project, new, faults).await })
        .await?;
    Ok(created(&state.view(config).await?))
}

pub(super) async fn list(State(state): State<AdminState>, Id(project): Id) -> Reply {
    let configs = state.projects().configs(project).await?;
    let mut views = Vec::with_capacity(configs.len());
    for config in configs {
        views.push(state.view(config).await?);
    }
    Ok(items(&views))
}

pub(super) async fn show(State(state): State<AdminState>, Id(id): Id) -> Reply {
    let config = state.projects().config(id).await?;
    Ok(ok(&state.view(config).await?))
}

pub(super) async fn change(
    State(state): State<AdminState>,
    Id(id): Id,
    Json(change, faults): Json<ConfigChange>,
) -> Reply {
    let config = state
        .change(|state| async move { state.projects().change_config(id, change, faults).await })
        .await?;
    Ok(ok(&state.view(config).await?))
}

pub(super) async fn delete(State(state): State<AdminState>, Id(id): Id) -> Reply {
    state
        .delete(|state| async move { state.projects().delete_config(id).await })
        .await
}
