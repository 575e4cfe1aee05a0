//! Connections.

use std::collections::BTreeMap;

use async_trait::async_trait;
use plugwright_sdk::Account;
use plugwright_sdk::auth::SchemeKind;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Owner, Sealed, StoreError, Timestamp};

/// Which connection is meant.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Selection {
    /// Whose.
    pub owner: Owner,
    /// To which connector.
    pub connector: String,
    /// Of this provider config alone.
    pub provider_config: Option<Uuid>,
    /// The one of this name. `None` is an organization's default, and the one of an end user that
    /// was connected last, of those that work if any does.
    pub name: Option<String>,
}

/// Whether a connection works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConnectionStatus {
    /// It does, as far as is known.
    Active,
    /// The provider refused the credential.
    ReauthRequired,
}

impl ConnectionStatus {
    /// Returns the spelling by which it is stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::ReauthRequired => "reauth_required",
        }
    }

    /// Reads that spelling.
    pub fn from_text(text: &str) -> Option<Self> {
        [Self::Active, Self::ReauthRequired]
            .into_iter()
            .find(|status| status.as_str() == text)
    }
}

/// A stored credential with what is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// Id.
    pub id: Uuid,
    /// Whose it is.
    pub owner: Owner,
    /// The connector's name.
    pub connector: String,
    /// The provider config that an end user's connection belongs to.
    pub provider_config: Option<Uuid>,
    /// Name: 1 to 64 letters, digits, `_` and `-`, the first a letter or digit. On the wire `alias`.
    pub name: String,
    /// What people call it.
    pub label: Option<String>,
    /// Whether it is used when none is named. One of an organization's connections to a connector
    /// is; none of an end user's.
    pub is_default: bool,
    /// The auth scheme that the credential is for.
    pub scheme: SchemeKind,
    /// Whether it works.
    pub status: ConnectionStatus,
    /// The provider's account, once the connection test has told.
    pub account: Option<Account>,
    /// Settings of the connection that are not secret, such as the site of a self-hosted service.
    pub settings: BTreeMap<String, String>,
    /// The scopes that the provider granted; `None` if it is not known.
    pub scopes: Option<Vec<String>>,
    /// When the credential is no longer used before it was refreshed, by the store's clock; `None`
    /// if it does not expire.
    pub expires_at: Option<Timestamp>,
    /// When it is refreshed in the background, before that.
    pub refresh_at: Option<Timestamp>,
    /// The sealed credential; its associated data is the connection's id.
    pub secret: Sealed,
    /// Grows with each other credential.
    pub credential_version: i64,
    /// Grows with each change; a change states the version that it saw.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was changed.
    pub updated_at: Timestamp,
}

/// Which connections a list is of.
#[derive(Clone, Debug, Default)]
pub struct ConnectionFilter {
    /// Of this owner alone.
    pub owner: Option<Owner>,
    /// Of this project's end users alone.
    pub project: Option<Uuid>,
    /// To this connector alone.
    pub connector: Option<String>,
}

/// The connections of organizations and end users.
#[async_trait]
pub trait ConnectionStore: Send + Sync {
    /// Stores a new connection. The first of an owner to a connector becomes the default; one that
    /// says that it is the default takes that from the other. Returns it as stored.
    async fn create_connection(&self, connection: &Connection) -> Result<Connection, StoreError>;

    /// Returns a connection.
    async fn connection(&self, id: Uuid) -> Result<Option<Connection>, StoreError>;

    /// Returns the connection that a selection means.
    async fn find_connection(
        &self,
        selection: &Selection,
    ) -> Result<Option<Connection>, StoreError>;

    /// Returns connections by owner, connector and name.
    async fn connections(&self, filter: &ConnectionFilter) -> Result<Vec<Connection>, StoreError>;

    /// Replaces name, label, default flag, scheme, status, account, settings, scopes, expiry,
    /// credential version and secret, if the stored version is `connection.version`. A default that
    /// is no longer one leaves its owner without. Returns it as stored.
    async fn update_connection(&self, connection: &Connection) -> Result<Connection, StoreError>;

    /// Deletes a connection. If it was the default and others remain, the oldest becomes it. Open
    /// requests to connect it again fail. Of an organization's connection an [`EndedConnection`](crate::EndedConnection)
    /// stays.
    async fn delete_connection(&self, id: Uuid) -> Result<(), StoreError>;
}
