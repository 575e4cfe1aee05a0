//! Connections and whose they are.

use std::collections::BTreeMap;

use plugwright_sdk::Account;
use plugwright_sdk::auth::SchemeKind;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::time::Timestamp;
use crate::vault::Sealed;

/// Whose a connection is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Owner {
    /// An organization of the operator.
    Organization(String),
    /// An end user of a project.
    User {
        /// The project's id.
        project: Uuid,
        /// The project's own id of the user.
        user: String,
    },
}

impl Owner {
    /// Returns the text by which the owner is stored: `org:NAME` or `user:PROJECT:USER`.
    pub fn key(&self) -> String {
        match self {
            Self::Organization(name) => format!("org:{name}"),
            Self::User { project, user } => format!("user:{project}:{user}"),
        }
    }

    /// Reads such a text.
    pub fn from_key(key: &str) -> Option<Self> {
        if let Some(name) = key.strip_prefix("org:") {
            return Some(Self::Organization(name.to_owned()));
        }
        let (project, user) = key.strip_prefix("user:")?.split_once(':')?;
        Some(Self::User {
            project: Uuid::try_parse(project).ok()?,
            user: user.to_owned(),
        })
    }

    /// Returns the organization, if it is one.
    pub fn organization(&self) -> Option<&str> {
        match self {
            Self::Organization(name) => Some(name),
            Self::User { .. } => None,
        }
    }

    /// Returns the project of an end user.
    pub fn project(&self) -> Option<Uuid> {
        match self {
            Self::Organization(_) => None,
            Self::User { project, .. } => Some(*project),
        }
    }
}

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

/// What is kept of an organization's connection that was deleted. Nothing of it is secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndedConnection {
    /// Id that it had.
    pub id: Uuid,
    /// Whose it was.
    pub organization: String,
    /// The connector's name.
    pub connector: String,
    /// Name, unless it was deleted before it had one.
    pub name: Option<String>,
    /// What people called it.
    pub label: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was deleted.
    pub ended_at: Timestamp,
}

impl EndedConnection {
    /// Returns what is kept of a connection; nothing of an end user's.
    pub fn of(connection: &Connection, ended_at: Timestamp) -> Option<Self> {
        Some(Self {
            id: connection.id,
            organization: connection.owner.organization()?.to_owned(),
            connector: connection.connector.clone(),
            name: Some(connection.name.clone()),
            label: connection.label.clone(),
            created_at: connection.created_at,
            ended_at,
        })
    }
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
