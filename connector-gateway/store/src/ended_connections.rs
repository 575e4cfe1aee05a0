//! Records of deleted connections.

use async_trait::async_trait;
use uuid::Uuid;

use crate::{Connection, StoreError, Timestamp};

/// The record of a deleted connection of an organization. Contains no secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndedConnection {
    /// The connection's id.
    pub id: Uuid,
    /// The organization.
    pub organization: String,
    /// The connector's name.
    pub connector: String,
    /// Name, unless it was deleted before it had one.
    pub name: Option<String>,
    /// Display name.
    pub label: Option<String>,
    /// When the connection was created.
    pub created_at: Timestamp,
    /// When it was deleted.
    pub ended_at: Timestamp,
}

impl EndedConnection {
    /// Returns the record of a connection; `None` for an end user's.
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

/// Records of organizations' deleted connections, the latest 1,000 of each.
#[async_trait]
pub trait EndedConnectionStore: Send + Sync {
    /// Records that a connection was deleted before an account was connected; open requests for it
    /// fail. [`StoreError::Changed`] if it has been connected since.
    async fn end_connection(&self, ended: &EndedConnection) -> Result<(), StoreError>;

    /// Returns the record of a deleted connection.
    async fn ended_connection(&self, id: Uuid) -> Result<Option<EndedConnection>, StoreError>;

    /// Deletes records of connections that were deleted before `then`; returns how many.
    async fn forget_ended_connections(&self, then: Timestamp) -> Result<u64, StoreError>;
}
