//! Connections.

use std::collections::BTreeMap;

use async_trait::async_trait;
use plugwright_sdk::Account;
use plugwright_sdk::auth::SchemeKind;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Owner, Sealed, StoreError, Timestamp};

/// Selects a connection.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Selection {
    /// The owner.
    pub owner: Owner,
    /// The connector.
    pub connector: String,
    /// Only those of this provider config.
    pub provider_config: Option<Uuid>,
    /// The connection's name. `None` selects an organization's default, or an end user's latest
    /// connection, preferring working ones.
    pub name: Option<String>,
}

plugwright_sdk::__spelled! {
    /// The status of a connection.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
    #[serde(rename_all = "snake_case")]
    pub enum ConnectionStatus {
        /// Works, as far as is known.
        Active = "active",
        /// The provider rejected the credential.
        ReauthRequired = "reauth_required",
    }
}

/// A stored credential with its metadata.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// Id.
    pub id: Uuid,
    /// The owner.
    pub owner: Owner,
    /// The connector's name.
    pub connector: String,
    /// The provider config of an end user's connection.
    pub provider_config: Option<Uuid>,
    /// Name: 1 to 64 letters, digits, `_` and `-`, the first a letter or digit. `alias` on the
    /// wire.
    pub name: String,
    /// Display name.
    pub label: Option<String>,
    /// Whether it is used when none is named. An organization has one default per connector, an end
    /// user has none.
    pub is_default: bool,
    /// The scheme of the credential.
    pub scheme: SchemeKind,
    /// Its status.
    pub status: ConnectionStatus,
    /// The provider's account, if known from a connection test.
    pub account: Option<Account>,
    /// Settings that are not secret, such as the site of a self-hosted service.
    pub settings: BTreeMap<String, String>,
    /// The scopes that the provider granted; `None` if unknown.
    pub scopes: Option<Vec<String>>,
    /// When the credential must be refreshed before use, by the store's clock; `None` if it does
    /// not expire.
    pub expires_at: Option<Timestamp>,
    /// When it is refreshed in the background, before `expires_at`.
    pub refresh_at: Option<Timestamp>,
    /// The sealed credential; the connection's id is its associated data.
    pub secret: Sealed,
    /// Incremented with each new credential.
    pub credential_version: i64,
    /// Incremented with each change; a change names the version that it is based on.
    pub version: i64,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// Selects the connections to list.
#[derive(Clone, Debug, Default)]
pub struct ConnectionFilter {
    /// Only those of this owner.
    pub owner: Option<Owner>,
    /// Only those of this project's end users.
    pub project: Option<Uuid>,
    /// Only those of this connector.
    pub connector: Option<String>,
    /// Only those of this name, of which an owner may have one for each connector.
    pub name: Option<String>,
}

/// The connections of organizations and end users.
#[async_trait]
pub trait ConnectionStore: Send + Sync {
    /// Stores a new connection. An owner's first connection of a connector becomes the default; one
    /// that is marked as default replaces the present one. Returns it as stored.
    async fn create_connection(&self, connection: &Connection) -> Result<Connection, StoreError>;

    /// Returns a connection.
    async fn connection(&self, id: Uuid) -> Result<Option<Connection>, StoreError>;

    /// Returns the selected connection.
    async fn find_connection(
        &self,
        selection: &Selection,
    ) -> Result<Option<Connection>, StoreError>;

    /// Returns connections by owner, connector and name.
    async fn connections(&self, filter: &ConnectionFilter) -> Result<Vec<Connection>, StoreError>;

    /// Counts the connections of an owner.
    async fn count_connections(&self, owner: &Owner) -> Result<usize, StoreError>;

    /// Counts the connections of all end users of a project.
    async fn count_accounts(&self, project: Uuid) -> Result<usize, StoreError>;

    /// Replaces name, label, default flag, scheme, status, account, settings, scopes, expiry,
    /// credential version and secret, if the stored version is `connection.version`. Clearing the
    /// default flag leaves its owner without a default. Returns it as stored.
    async fn update_connection(&self, connection: &Connection) -> Result<Connection, StoreError>;

    /// Deletes a connection. If it was the default, the oldest remaining one becomes it. Open
    /// requests to reconnect it fail. An organization's connection leaves an
    /// [`EndedConnection`](crate::EndedConnection).
    async fn delete_connection(&self, id: Uuid) -> Result<(), StoreError>;
}
