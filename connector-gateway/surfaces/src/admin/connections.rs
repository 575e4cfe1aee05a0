//! `/admin/connections`.

use std::collections::BTreeMap;

use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use plugwright_sdk::host::{Fault, Faults};
use plugwright_sdk::{Account, ActionError};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::body::{Body, FLAG, TEXT};
use super::request::{Id, Json, query};
use super::{AdminState, Answer, answer, items};
use plugwright_engine::connections::{ConnectionChange, Connections, NewConnection};
use plugwright_engine::tokens::valid;
use plugwright_store::Timestamp;
use plugwright_store::{Connection, ConnectionFilter, ConnectionStatus, Owner};

const SETTINGS: &str = "an object with texts as values";

/// A stored credential with what is known of it, but not the credential.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Connection")]
pub(super) struct View<'a> {
    id: Uuid,
    connector: &'a str,
    /// The organization whose it is, unless it is an end user's.
    organization: Option<&'a str>,
    /// The project of the end user whose it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    project: Option<Uuid>,
    /// That project's own id of the end user.
    #[serde(skip_serializing_if = "Option::is_none")]
    external_user_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    provider_config_id: Option<Uuid>,
    name: &'a str,
    is_default: bool,
    scheme: &'a str,
    status: ConnectionStatus,
    account: Option<&'a Account>,
    settings: &'a BTreeMap<String, String>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl<'a> View<'a> {
    fn new(connection: &'a Connection) -> Self {
        let external_user_id = match &connection.owner {
            Owner::Organization(_) => None,
            Owner::User { user, .. } => Some(user.as_str()),
        };
        Self {
            id: connection.id,
            connector: &connection.connector,
            organization: connection.owner.organization(),
            project: connection.owner.project(),
            external_user_id,
            provider_config_id: connection.provider_config,
            name: &connection.name,
            is_default: connection.is_default,
            scheme: connection.scheme.as_str(),
            status: connection.status,
            account: connection.account.as_ref(),
            settings: &connection.settings,
            created_at: connection.created_at,
            updated_at: connection.updated_at,
        }
    }
}

fn shown(status: StatusCode, connection: &Connection) -> Response {
    answer(status, &View::new(connection))
}

impl AdminState {
    fn connections(&self) -> Connections<'_> {
        Connections {
            store: &*self.store,
            vault: &self.vault,
            registry: &self.registry,
            identity: &*self.identity,
            refresher: self.refresher.as_ref(),
        }
    }
}

pub(super) async fn create(State(state): State<AdminState>, Json(value): Json) -> Answer {
    let known = [
        "connector",
        "name",
        "organization",
        "default",
        "credential",
        "settings",
        "test",
    ];
    let mut body = Body::read(value, &known)?;
    let new = NewConnection {
        connector: body.required("connector", TEXT),
        name: body.optional("name", TEXT),
        organization: body.optional("organization", TEXT),
        default: body.optional("default", FLAG).unwrap_or_default(),
        credential: body.value("credential"),
        settings: body.optional("settings", SETTINGS).unwrap_or_default(),
        test: body.optional("test", FLAG),
    };
    let faults = body.faults();
    let inner = state.clone();
    let connection = state
        .change(async move { inner.connections().create(new, faults).await })
        .await?;
    Ok(shown(StatusCode::CREATED, &connection))
}

/// Reads which connections a list is of.
fn filter(text: Option<&str>) -> Result<ConnectionFilter, ActionError> {
    let known = ["connector", "organization", "project", "externalUserId"];
    let [connector, organization, project, user] = query(text, known)?;
    let mut faults = Faults::new();
    let mut fault = |param: &str, message: &str| {
        faults.push(Fault {
            param: param.to_owned(),
            message: message.to_owned(),
        });
    };
    let project = project.map(|id| {
        let id = Uuid::parse_str(&id);
        if id.is_err() {
            fault("project", "must be a project's id, which is a UUID");
        }
        id
    });
    if organization.is_some() && project.is_some() {
        fault(
            "organization",
            "can't be given with `project`: a connection belongs to an organization or to an end user",
        );
    }
    if user.is_some() && project.is_none() {
        fault(
            "externalUserId",
            "needs `project`: each project has its own ids of its end users",
        );
    }
    let project = valid(faults, Some(project.and_then(Result::ok)))?;
    let owner = match (organization, project, user) {
        (Some(name), _, _) => Some(Owner::Organization(name)),
        (None, Some(project), Some(user)) => Some(Owner::User { project, user }),
        _ => None,
    };
    Ok(ConnectionFilter {
        owner,
        project,
        connector,
    })
}

pub(super) async fn list(State(state): State<AdminState>, RawQuery(text): RawQuery) -> Answer {
    let filter = filter(text.as_deref())?;
    let connections = state
        .store
        .connections(&filter)
        .await
        .map_err(ActionError::from)?;
    let views: Vec<_> = connections.iter().map(View::new).collect();
    Ok(items(&views))
}

pub(super) async fn show(State(state): State<AdminState>, Id(id): Id) -> Answer {
    let connection = state.connections().connection(id).await?;
    Ok(shown(StatusCode::OK, &connection))
}

pub(super) async fn change(
    State(state): State<AdminState>,
    Id(id): Id,
    Json(value): Json,
) -> Answer {
    let mut body = Body::read(value, &["name", "default", "settings"])?;
    let change = ConnectionChange {
        name: body.optional("name", TEXT),
        default: body.optional("default", FLAG),
        settings: body.optional("settings", SETTINGS),
    };
    let faults = body.faults();
    let inner = state.clone();
    let connection = state
        .change(async move { inner.connections().change(id, change, faults).await })
        .await?;
    Ok(shown(StatusCode::OK, &connection))
}

pub(super) async fn replace_credential(
    State(state): State<AdminState>,
    Id(id): Id,
    Json(value): Json,
) -> Answer {
    let mut body = Body::read(value, &["credential", "test"])?;
    let credential = body.value("credential");
    let test = body.optional("test", FLAG);
    let faults = body.faults();
    let inner = state.clone();
    let connection = state
        .change(async move {
            inner
                .connections()
                .replace_credential(id, credential, test, faults)
                .await
        })
        .await?;
    Ok(shown(StatusCode::OK, &connection))
}

pub(super) async fn test(State(state): State<AdminState>, Id(id): Id) -> Answer {
    let inner = state.clone();
    let connection = state
        .change(async move { inner.connections().test(id).await })
        .await?;
    Ok(shown(StatusCode::OK, &connection))
}

pub(super) async fn delete(State(state): State<AdminState>, Id(id): Id) -> Answer {
    let inner = state.clone();
    state
        .change(async move { inner.connections().delete(id).await })
        .await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
