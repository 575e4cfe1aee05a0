//! Sessions of MCP clients.

use async_trait::async_trait;
use uuid::Uuid;

use crate::{StoreError, Timestamp};

/// A session of an MCP client that speaks a version with sessions. Nothing is kept in it: it ties
/// the client's requests to whom it signed in as, until it ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct McpSession {
    /// Id, random: whoever knows it and the token is in the session.
    pub id: Uuid,
    /// Whose it is.
    pub principal: String,
    /// When it ends by itself.
    pub expires_at: Timestamp,
}

/// The sessions of MCP clients.
#[async_trait]
pub trait McpSessionStore: Send + Sync {
    /// Stores a new session of an MCP client. So that its principal has at most `most`, the oldest
    /// end; returns which.
    async fn create_mcp_session(
        &self,
        session: &McpSession,
        most: usize,
    ) -> Result<Vec<Uuid>, StoreError>;

    /// Returns a session that has not ended.
    async fn mcp_session(&self, id: Uuid) -> Result<Option<McpSession>, StoreError>;

    /// Ends a session, if there is one.
    async fn delete_mcp_session(&self, id: Uuid) -> Result<(), StoreError>;

    /// Forgets sessions that have ended by themselves; returns how many.
    async fn forget_mcp_sessions(&self, now: Timestamp) -> Result<u64, StoreError>;
}
