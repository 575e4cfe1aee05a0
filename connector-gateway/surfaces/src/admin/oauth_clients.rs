//! `/admin/oauth-clients` and `/admin/provider-configs/{id}/oauth-client`: what can be written and
//! never read is the secret.

use axum::extract::{Path, State};
use axum::response::IntoResponse;
use http::StatusCode;
use plugwright_sdk::host::Faults;
use plugwright_sdk::{ActionError, Secret};

use super::body::{Body, TEXT};
use super::request::{Id, Json};
use super::{AdminState, Answer, answer, items};
use plugwright_engine::oauth::{NewClient, OAuthClients, Registrations};
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

fn read(value: serde_json::Value) -> Result<(NewClient, Faults), ActionError> {
    let mut body = Body::read(value, &["clientId", "clientSecret"])?;
    let new = NewClient {
        id: body.required("clientId", TEXT),
        secret: body
            .optional::<String>("clientSecret", TEXT)
            .map(Secret::new),
    };
    Ok((new, body.faults()))
}

pub(super) async fn list(State(state): State<AdminState>) -> Answer {
    Ok(items(&state.oauth_clients().list().await?))
}

pub(super) async fn set_of_connector(
    State(state): State<AdminState>,
    Path(connector): Path<String>,
    Json(value): Json,
) -> Answer {
    let (new, faults) = read(value)?;
    let inner = state.clone();
    let client = state
        .change(async move {
            let clients = inner.oauth_clients();
            clients.set_of_connector(&connector, new, faults).await
        })
        .await?;
    Ok(answer(StatusCode::OK, &client))
}

pub(super) async fn delete_of_connector(
    State(state): State<AdminState>,
    Path(connector): Path<String>,
) -> Answer {
    let inner = state.clone();
    state
        .change(async move {
            let of = ClientOf::Connector(&connector);
            inner.oauth_clients().delete(of).await
        })
        .await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(super) async fn set_of_config(
    State(state): State<AdminState>,
    Id(id): Id,
    Json(value): Json,
) -> Answer {
    let (new, faults) = read(value)?;
    let inner = state.clone();
    let client = state
        .change(async move { inner.oauth_clients().set_of_config(id, new, faults).await })
        .await?;
    Ok(answer(StatusCode::OK, &client))
}

pub(super) async fn delete_of_config(State(state): State<AdminState>, Id(id): Id) -> Answer {
    let inner = state.clone();
    state
        .change(async move {
            let of = ClientOf::ProviderConfig(id);
            inner.oauth_clients().delete(of).await
        })
        .await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
