//! What is kept of connections that were deleted.

use async_trait::async_trait;
use uuid::Uuid;

use crate::{Connection, StoreError, Timestamp};

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

/// The connections of organizations that were deleted.
#[async_trait]
pub trait EndedConnectionStore: Send + Sync {
    /// Notes that a connection was deleted before an account was connected; open requests for it
    /// fail. [`StoreError::Changed`] if there is the connection by now.
    async fn end_connection(&self, ended: &EndedConnection) -> Result<(), StoreError>;

    /// Returns what is kept of a connection that was deleted.
    async fn ended_connection(&self, id: Uuid) -> Result<Option<EndedConnection>, StoreError>;

    /// Forgets connections that were deleted before `then`; returns how many.
    async fn forget_ended_connections(&self, then: Timestamp) -> Result<u64, StoreError>;
}
