//! `/admin/connections`.

use std::collections::BTreeMap;

use axum::extract::{RawQuery, State};
use plugwright_sdk::{Account, ActionError};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::request::{Id, Json, NAME};
use super::state::{AdminState, Reply, created, items, ok};
use crate::members::{Body, FLAG, Kind, Members, SETTINGS, TEXT, UUID, read_query};
use crate::view::view;
use plugwright_engine::connections::{ConnectionChange, Connections, NewConnection};
use plugwright_store::{Connection, ConnectionFilter, ConnectionStatus, Owner, Timestamp};

view! {
    /// A stored credential with what is known of it, but not the credential.
    #[derive(Serialize, JsonSchema)]
    #[serde(rename_all = "camelCase")]
    #[schemars(rename = "Connection")]
    pub(super) struct View<'a>(connection: &'a Connection) {
        id: Uuid = connection.id,
        connector: &'a str = &connection.connector,
        /// The organization that owns it, unless an end user does.
        organization: Option<&'a str> = connection.owner.organization(),
        /// The project of the end user who owns it.
        #[serde(skip_serializing_if = "Option::is_none")]
        project: Option<Uuid> = connection.owner.project(),
        /// The project's own id of the end user.
        #[serde(skip_serializing_if = "Option::is_none")]
        external_user_id: Option<&'a str> = match &connection.owner {
            Owner::Organization(_) => None,
            Owner::User { user, .. } => Some(user),
        },
        #[serde(skip_serializing_if = "Option::is_none")]
        provider_config_id: Option<Uuid> = connection.provider_config,
        name: &'a str = &connection.name,
        is_default: bool = connection.is_default,
        scheme: &'a str = connection.scheme.as_str(),
        status: ConnectionStatus = connection.status,
        account: Option<&'a Account> = connection.account.as_ref(),
        settings: &'a BTreeMap<String, String> = &connection.settings,
        created_at: Timestamp = connection.created_at,
        updated_at: Timestamp = connection.updated_at,
    }
}

impl AdminState {
    fn connections(&self) -> Connections<'_> {
        Connections {
            store: &*self.store,
            vault: &self.vault,
            registry: &self.registry,
            identity: &*self.identity,
            refresher: self.refresher.as_ref(),
            quota: None,
        }
    }
}

const TEST: Kind<bool> = FLAG.about(
    "Whether to ask the provider whose account it is; by default, if the connector supports it.",
);

/// The engine checks it against the connector's schemes.
const CREDENTIAL: Kind<Value> = Kind::new(
    "a credential",
    |api| {
        let object = |properties: Value, required: &[&str]| {
            json!({
                "type": "object",
                "properties": properties,
                "required": required,
                "additionalProperties": false,
            })
        };
        let secret = json!({ "type": "string", "format": "password", "writeOnly": true });
        let basic = json!({ "username": { "type": "string" }, "password": secret });
        let fields = json!({ "type": "object", "additionalProperties": secret });
        let credential = json!({
            "description": "A credential of one of the connector's schemes.",
            "anyOf": [
                object(json!({ "token": secret }), &["token"]),
                object(basic, &["username", "password"]),
                object(json!({ "fields": fields }), &["fields"]),
                { "type": "null" },
            ],
        });
        api.schema("CredentialInput", credential)
    },
    Some,
);

impl Body for NewConnection {
    fn read(members: &mut Members<'_>) -> Self {
        Self {
            connector: members.required("connector", TEXT),
            name: members.optional("name", NAME),
            organization: members.optional("organization", TEXT),
            default: members.optional("default", FLAG).unwrap_or_default(),
            credential: members.value("credential", CREDENTIAL),
            settings: members.optional("settings", SETTINGS).unwrap_or_default(),
            test: members.optional("test", TEST),
        }
    }
}

impl Body for ConnectionChange {
    fn read(members: &mut Members<'_>) -> Self {
        Self {
            name: members.optional("name", NAME),
            default: members.optional("default", FLAG),
            settings: members.optional("settings", SETTINGS),
        }
    }
}

/// A credential that replaces another.
pub(super) struct NewCredential {
    credential: Option<Value>,
    test: Option<bool>,
}

impl Body for NewCredential {
    fn read(members: &mut Members<'_>) -> Self {
        Self {
            credential: members.value("credential", CREDENTIAL),
            test: members.optional("test", TEST),
        }
    }
}

pub(super) async fn create(
    State(state): State<AdminState>,
    Json(new, faults): Json<NewConnection>,
) -> Reply {
    let connection = state
        .change(|state| async move { state.connections().create(new, faults).await })
        .await?;
    Ok(created(&View::new(&connection)))
}

impl Body for ConnectionFilter {
    fn read(members: &mut Members<'_>) -> Self {
        let connector = members.optional("connector", TEXT.about("Only of this connector."));
        let organization =
            members.optional("organization", TEXT.about("Only of this organization."));
        let id = UUID.must("a project's id, which is a UUID");
        let project = members.optional("project", id.about("Only of this project's end users."));
        let user = TEXT.about("Only of this end user of the project.");
        let user = members.optional("externalUserId", user);
        let has_project = project.is_some() || members.is_wrong("project");
        if organization.is_some() && has_project {
            members.fault(
                "organization",
                "can't be combined with `project`: a connection belongs to an organization or to an end user",
            );
        }
        if user.is_some() && !has_project {
            members.fault(
                "externalUserId",
                "needs `project`: each project has its own ids of its end users",
            );
        }
        let owner = match (organization, project, user) {
            (Some(name), _, _) => Some(Owner::Organization(name)),
            (None, Some(project), Some(user)) => Some(Owner::User { project, user }),
            _ => None,
        };
        Self {
            owner,
            project,
            connector,
            name: None,
        }
    }
}

pub(super) async fn list(State(state): State<AdminState>, RawQuery(text): RawQuery) -> Reply {
    let filter = read_query(text.as_deref())?;
    let connections = state
        .store
        .connections(&filter)
        .await
        .map_err(ActionError::from)?;
    let views: Vec<_> = connections.iter().map(View::new).collect();
    Ok(items(&views))
}

pub(super) async fn show(State(state): State<AdminState>, Id(id): Id) -> Reply {
    let connection = state.connections().connection(id).await?;
    Ok(ok(&View::new(&connection)))
}

pub(super) async fn change(
    State(state): State<AdminState>,
    Id(id): Id,
    Json(change, faults): Json<ConnectionChange>,
) -> Reply {
    let connection = state
        .change(|state| async move { state.connections().change(id, change, faults).await })
        .await?;
    Ok(ok(&View::new(&connection)))
}

pub(super) async fn replace_credential(
    State(state): State<AdminState>,
    Id(id): Id,
    Json(new, faults): Json<NewCredential>,
) -> Reply {
    let connection = state
        .change(|state| async move {
            let NewCredential { credential, test } = new;
            let connections = state.connections();
            connections
                .replace_credential(id, credential, test, faults)
                .await
        })
        .await?;
    Ok(ok(&View::new(&connection)))
}

pub(super) async fn test(State(state): State<AdminState>, Id(id): Id) -> Reply {
    let connection = state
        .change(|state| async move { state.connections().test(id).await })
        .await?;
    Ok(ok(&View::new(&connection)))
}

pub(super) async fn delete(State(state): State<AdminState>, Id(id): Id) -> Reply {
    state
        .delete(|state| async move { state.connections().delete(id).await })
        .await
}
