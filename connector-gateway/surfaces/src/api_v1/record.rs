//! A connection as this dialect shows it.

use plugwright_sdk::host::Connector;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::connectors::{AuthType, auth_type};
use plugwright_engine::connect::Standing;
use plugwright_store::Timestamp;
use plugwright_store::{Connection, ConnectionRequest, ConnectionStatus, EndedConnection, Owner};

/// How far a connection has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "ApiV1Status")]
pub(super) enum Status {
    /// A person has yet to finish it.
    Pending,
    /// It can be used.
    Connected,
    /// The provider refuses the credential: connect it again.
    ReauthRequired,
    /// It can't be finished: `error` says why.
    Failed,
    /// Nobody finished it in time.
    Expired,
    /// It was deleted, with its credential: only this record is left, for a while.
    Revoked,
}

/// An account that is connected, or is to be.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ApiV1Connection")]
pub(super) struct Record<'a> {
    id: Uuid,
    connector_slug: &'a str,
    connector_name: &'a str,
    auth_type: AuthType,
    label: Option<&'a str>,
    /// By which calls name it; not known before it is connected, unless it was asked for.
    name: Option<&'a str>,
    is_default: bool,
    status: Status,
    organization: Option<&'a str>,
    /// What the provider calls the account.
    account_label: Option<&'a str>,
    /// The scopes that the provider granted, if it has told.
    scopes: Option<&'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Why<'a>>,
    /// When the credential runs out or is refreshed; of a pending one, when its time is over.
    expires_at: Option<Timestamp>,
    created_at: Timestamp,
    updated_at: Timestamp,
    /// When it was deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    deleted_at: Option<Timestamp>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ApiV1Reason")]
struct Why<'a> {
    code: &'a str,
    message: &'a str,
}

fn organization(owner: &Owner) -> Option<&str> {
    owner.organization()
}

impl<'a> Record<'a> {
    pub(super) fn of(connection: &'a Connection, connector: &'a Connector) -> Self {
        Self {
            id: connection.id,
            connector_slug: &connection.connector,
            connector_name: connector.display_name(),
            auth_type: auth_type(connector),
            label: connection.label.as_deref(),
            name: Some(&connection.name),
            is_default: connection.is_default,
            status: match connection.status {
                ConnectionStatus::Active => Status::Connected,
                ConnectionStatus::ReauthRequired => Status::ReauthRequired,
            },
            organization: organization(&connection.owner),
            account_label: connection
                .account
                .as_ref()
                .map(|account| account.label.as_str()),
            scopes: connection.scopes.as_deref(),
            error: None,
            expires_at: connection.expires_at,
            created_at: connection.created_at,
            updated_at: connection.updated_at,
            deleted_at: None,
        }
    }

    pub(super) fn of_request(
        request: &'a ConnectionRequest,
        connector: &'a Connector,
        standing: Standing,
    ) -> Self {
        Self {
            id: request.connection,
            connector_slug: &request.connector,
            connector_name: connector.display_name(),
            auth_type: auth_type(connector),
            label: request.details.label.as_deref(),
            name: request.details.name.as_deref(),
            is_default: false,
            status: match standing {
                Standing::Initiated => Status::Pending,
                Standing::Connected => Status::Connected,
                Standing::Failed => Status::Failed,
                Standing::Expired => Status::Expired,
            },
            organization: organization(&request.owner),
            account_label: None,
            scopes: None,
            error: request.error.as_ref().map(|error| Why {
                code: &error.code,
                message: &error.message,
            }),
            expires_at: Some(request.expires_at),
            created_at: request.created_at,
            updated_at: request.updated_at,
            deleted_at: None,
        }
    }

    pub(super) fn of_ended(ended: &'a EndedConnection, connector: &'a Connector) -> Self {
        Self {
            id: ended.id,
            connector_slug: &ended.connector,
            connector_name: connector.display_name(),
            auth_type: auth_type(connector),
            label: ended.label.as_deref(),
            name: ended.name.as_deref(),
            is_default: false,
            status: Status::Revoked,
            organization: Some(&ended.organization),
            account_label: None,
            scopes: None,
            error: None,
            expires_at: None,
            created_at: ended.created_at,
            updated_at: ended.ended_at,
            deleted_at: Some(ended.ended_at),
        }
    }
}
