//! Sessions of MCP clients.

use async_trait::async_trait;
use uuid::Uuid;

use crate::{StoreError, Timestamp};

/// A session of an MCP client whose protocol version has sessions. It only ties the client's
/// requests to its principal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct McpSession {
    /// Id, random: it and the token give access to the session.
    pub id: Uuid,
    /// The principal.
    pub principal: String,
    /// When it expires.
    pub expires_at: Timestamp,
}

/// The sessions of MCP clients.
#[async_trait]
pub trait McpSessionStore: Send + Sync {
    /// Stores a new session. If its principal has more than `most`, the oldest end; returns them.
    async fn create_mcp_session(
        &self,
        session: &McpSession,
        most: usize,
    ) -> Result<Vec<Uuid>, StoreError>;

    /// Returns a session that has not ended.
    async fn mcp_session(&self, id: Uuid) -> Result<Option<McpSession>, StoreError>;

    /// Ends a session, if it exists.
    async fn delete_mcp_session(&self, id: Uuid) -> Result<(), StoreError>;

    /// Deletes expired sessions; returns how many.
    async fn forget_mcp_sessions(&self, now: Timestamp) -> Result<u64, StoreError>;
}
