//! `/admin/oauth-clients` and `/admin/provider-configs/{id}/oauth-client`, whose secrets are
//! write-only.

use axum::extract::{Path, State};
use plugwright_sdk::Secret;
use serde_json::json;

use super::request::{Id, Json};
use super::state::{AdminState, Reply, items, ok};
use crate::members::{Body, Kind, Members, TEXT};
use plugwright_engine::oauth::{LONGEST_CLIENT_TEXT, NewClient, OAuthClients, Registrations};
use plugwright_store::ClientOf;

impl AdminState {
    pub(super) fn oauth_clients(&self) -> OAuthClients<'_> {
        OAuthClients {
            registrations: Registrations {
                store: &*self.store,
                vault: &self.vault,
                configured: &self.oauth,
            },
            registry: &self.registry,
        }
    }
}

const SECRET: Kind<Secret> = Kind::new(
    "a string",
    |_| {
        json!({
            "type": "string",
            "minLength": 1,
            "maxLength": LONGEST_CLIENT_TEXT,
            "format": "password",
            "writeOnly": true,
        })
    },
    |value| value.as_str().map(Secret::new),
);

impl Body for NewClient {
    fn read(members: &mut Members<'_>) -> Self {
        let id = TEXT.schema(|_| {
            json!({ "type": "string", "pattern": "^[!-~]+$", "maxLength": LONGEST_CLIENT_TEXT })
        });
        let secret = SECRET.about("Without it, the client is public.");
        Self {
            id: members.required("clientId", id),
            secret: members.optional("clientSecret", secret),
        }
    }
}

pub(super) async fn list(State(state): State<AdminState>) -> Reply {
    Ok(items(&state.oauth_clients().list().await?))
}

pub(super) async fn set_of_connector(
    State(state): State<AdminState>,
    Path(connector): Path<String>,
    Json(new, faults): Json<NewClient>,
) -> Reply {
    let client = state
        .change(|state| async move {
            let clients = state.oauth_clients();
            clients.set_of_connector(&connector, new, faults).await
        })
        .await?;
    Ok(ok(&client))
}

pub(super) async fn delete_of_connector(
    State(state): State<AdminState>,
    Path(connector): Path<String>,
) -> Reply {
    state
        .delete(|state| async move {
            let of = ClientOf::Connector(&connector);
            state.oauth_clients().delete(of).await
        })
        .await
}

pub(super) async fn set_of_config(
    State(state): State<AdminState>,
    Id(id): Id,
    Json(new, faults): Json<NewClient>,
) -> Reply {
    let client = state
        .change(|state| async move { state.oauth_clients().set_of_config(id, new, faults).await })
        .await?;
    Ok(ok(&client))
}

pub(super) async fn delete_of_config(State(state): State<AdminState>, Id(id): Id) -> Reply {
    state
        .delete(|state| async move {
            let of = ClientOf::ProviderConfig(id);
            state.oauth_clients().delete(of).await
        })
        .await
}
