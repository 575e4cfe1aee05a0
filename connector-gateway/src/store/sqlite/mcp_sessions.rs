//! Sessions of MCP clients.

use uuid::Uuid;

use super::SqliteStore;
use super::error::store_error;
use super::row::Record;
use crate::store::{McpSession, StoreError};
use crate::time::Timestamp;

const WHAT: &str = "MCP session";

pub(super) async fn create(store: &SqliteStore, session: &McpSession) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO mcp_sessions (id, principal, expires_at) VALUES (?, ?, ?)")
        .bind(session.id.as_bytes().as_slice())
        .bind(&session.principal)
        .bind(session.expires_at.as_millis())
        .execute(&store.writer)
        .await
        .map(drop)
        .map_err(store_error)
}

pub(super) async fn by_id(store: &SqliteStore, id: Uuid) -> Result<Option<McpSession>, StoreError> {
    sqlx::query("SELECT * FROM mcp_sessions WHERE id = ? AND expires_at > ?")
        .bind(id.as_bytes().as_slice())
        .bind(Timestamp::now().as_millis())
        .fetch_optional(&store.readers)
        .await
        .map_err(store_error)?
        .map(|row| {
            let record = Record {
                what: WHAT,
                row: &row,
            };
            Ok(McpSession {
                id: record.id("id")?,
                principal: record.get("principal")?,
                expires_at: record.time("expires_at")?,
            })
        })
        .transpose()
}

pub(super) async fn delete(store: &SqliteStore, id: Uuid) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM mcp_sessions WHERE id = ?")
        .bind(id.as_bytes().as_slice())
        .execute(&store.writer)
        .await
        .map(drop)
        .map_err(store_error)
}

pub(super) async fn forget(store: &SqliteStore, now: Timestamp) -> Result<u64, StoreError> {
    sqlx::query("DELETE FROM mcp_sessions WHERE expires_at <= ?")
        .bind(now.as_millis())
        .execute(&store.writer)
        .await
        .map(|done| done.rows_affected())
        .map_err(store_error)
}
