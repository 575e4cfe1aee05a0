//! A connection as this dialect shows it.

use plugwright_sdk::host::Connector;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::connectors::{AuthType, auth_type};
use plugwright_engine::connect::Standing;
use plugwright_store::{
    Connection, ConnectionRequest, ConnectionStatus, EndedConnection, Timestamp,
};

/// The state of a connection.
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
    /// The name that calls use; unknown before it is connected, unless it was requested.
    name: Option<&'a str>,
    is_default: bool,
    status: Status,
    organization: Option<&'a str>,
    /// What the provider calls the account.
    account_label: Option<&'a str>,
    /// The scopes that the provider granted, if it said so.
    scopes: Option<&'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Reason<'a>>,
    /// When the credential expires or is refreshed, or when a pending connection expires.
    expires_at: Option<Timestamp>,
    created_at: Timestamp,
    updated_at: Timestamp,
    /// When it was deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    deleted_at: Option<Timestamp>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ApiV1Reason")]
struct Reason<'a> {
    code: &'a str,
    message: &'a str,
}

impl<'a> Record<'a> {
    pub(super) fn of(connection: &'a Connection, connector: &'a Connector) -> Self {
        let account = connection.account.as_ref();
        Self {
            label: connection.label.as_deref(),
            name: Some(&connection.name),
            is_default: connection.is_default,
            status: match connection.status {
                ConnectionStatus::Active => Status::Connected,
                ConnectionStatus::ReauthRequired => Status::ReauthRequired,
            },
            organization: connection.owner.organization(),
            account_label: account.map(|account| account.label.as_str()),
            scopes: connection.scopes.as_deref(),
            expires_at: connection.expires_at,
            updated_at: connection.updated_at,
            ..Self::bare(connection.id, connector, connection.created_at)
        }
    }

    pub(super) fn of_request(
        request: &'a ConnectionRequest,
        connector: &'a Connector,
        standing: Standing,
    ) -> Self {
        Self {
            label: request.details.label.as_deref(),
            name: request.details.name.as_deref(),
            status: match standing {
                Standing::Initiated => Status::Pending,
                Standing::Connected => Status::Connected,
                Standing::Failed => Status::Failed,
                Standing::Expired => Status::Expired,
            },
            organization: request.owner.organization(),
            error: request.error.as_ref().map(|error| Reason {
                code: &error.code,
                message: &error.message,
            }),
            expires_at: Some(request.expires_at),
            updated_at: request.updated_at,
            ..Self::bare(request.connection, connector, request.created_at)
        }
    }

    pub(super) fn of_deleted(deleted: &'a EndedConnection, connector: &'a Connector) -> Self {
        Self {
            label: deleted.label.as_deref(),
            name: deleted.name.as_deref(),
            organization: Some(&deleted.organization),
            updated_at: deleted.ended_at,
            deleted_at: Some(deleted.ended_at),
            ..Self::bare(deleted.id, connector, deleted.created_at)
        }
    }

    /// What remains of a connection when nothing else is known.
    fn bare(id: Uuid, connector: &'a Connector, created_at: Timestamp) -> Self {
        Self {
            id,
            connector_slug: connector.name(),
            connector_name: connector.display_name(),
            auth_type: auth_type(connector),
            label: None,
            name: None,
            is_default: false,
            status: Status::Revoked,
            organization: None,
            account_label: None,
            scopes: None,
            error: None,
            expires_at: None,
            created_at,
            updated_at: created_at,
            deleted_at: None,
        }
    }
}
