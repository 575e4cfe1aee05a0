//! Sessions of MCP clients.

use uuid::Uuid;

use super::error::store_error;
use super::row::Record;
use super::{SqlStore, take_turn_of};
use crate::{Accounts as _, McpSession, StoreError, Timestamp};

const WHAT: &str = "MCP session";

pub(super) async fn create(
    store: &SqlStore,
    session: &McpSession,
    most: usize,
) -> Result<Vec<Uuid>, StoreError> {
    let mut change = store.change().await?;
    take_turn_of(&mut change, &session.principal).await?;
    let ended = sqlx::query(
        "DELETE FROM mcp_sessions WHERE id IN (
           SELECT id FROM mcp_sessions WHERE principal = $1
           ORDER BY expires_at DESC, id LIMIT 1000000 OFFSET $2
         ) RETURNING id",
    )
    .bind(&session.principal)
    .bind(i64::try_from(most.saturating_sub(1)).unwrap_or(i64::MAX))
    .fetch_all(&mut *change)
    .await
    .map_err(store_error)?;
    sqlx::query("INSERT INTO mcp_sessions (id, principal, expires_at) VALUES ($1, $2, $3)")
        .bind(session.id)
        .bind(&session.principal)
        .bind(session.expires_at.as_millis())
        .execute(&mut *change)
        .await
        .map_err(store_error)?;
    change.commit().await.map_err(store_error)?;
    let id = |row| Record { what: WHAT, row }.id("id");
    ended.iter().map(id).collect()
}

pub(super) async fn by_id(store: &SqlStore, id: Uuid) -> Result<Option<McpSession>, StoreError> {
    sqlx::query(
        "SELECT id, principal, expires_at FROM mcp_sessions WHERE id = $1 AND expires_at > $2",
    )
    .bind(id)
    .bind(store.now().as_millis())
    .fetch_optional(store.reading())
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

pub(super) async fn delete(store: &SqlStore, id: Uuid) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM mcp_sessions WHERE id = $1")
        .bind(id)
        .execute(store.writing())
        .await
        .map(drop)
        .map_err(store_error)
}

pub(super) async fn forget(store: &SqlStore, now: Timestamp) -> Result<u64, StoreError> {
    sqlx::query("DELETE FROM mcp_sessions WHERE expires_at <= $1")
        .bind(now.as_millis())
        .execute(store.writing())
        .await
        .map(|done| done.rows_affected())
        .map_err(store_error)
}
