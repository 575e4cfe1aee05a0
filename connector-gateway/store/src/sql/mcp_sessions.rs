//! Sessions of MCP clients.

use async_trait::async_trait;
use uuid::Uuid;

use super::{Record, SqlRow, SqlStore, execute, store_error, take_turn_of};
use crate::{Backend as _, McpSession, McpSessionStore, RecordKind, StoreError, Timestamp};

const KIND: RecordKind = RecordKind::McpSession;

#[async_trait]
impl McpSessionStore for SqlStore {
    async fn create_mcp_session(
        &self,
        session: &McpSession,
        most: usize,
    ) -> Result<Vec<Uuid>, StoreError> {
        self.within(async {
            let mut change = self.change().await?;
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
            let insert = "INSERT INTO mcp_sessions (id, principal, expires_at) VALUES ($1, $2, $3)";
            let insert = sqlx::query(insert)
                .bind(session.id)
                .bind(&session.principal)
                .bind(session.expires_at.as_millis());
            execute(&mut change, insert).await?;
            change.commit().await.map_err(store_error)?;
            let id = |row| Record { kind: KIND, row }.get("id");
            ended.iter().map(id).collect()
        })
        .await
    }

    async fn mcp_session(&self, id: Uuid) -> Result<Option<McpSession>, StoreError> {
        let select = sqlx::query(
            "SELECT id, principal, expires_at FROM mcp_sessions WHERE id = $1 AND expires_at > $2",
        )
        .bind(id)
        .bind(self.now().as_millis());
        self.find(select, read).await
    }

    async fn delete_mcp_session(&self, id: Uuid) -> Result<(), StoreError> {
        let delete = sqlx::query("DELETE FROM mcp_sessions WHERE id = $1").bind(id);
        self.execute(delete, store_error).await.map(drop)
    }

    async fn forget_mcp_sessions(&self, now: Timestamp) -> Result<u64, StoreError> {
        let delete =
            sqlx::query("DELETE FROM mcp_sessions WHERE expires_at <= $1").bind(now.as_millis());
        self.execute(delete, store_error).await
    }
}

reads! { KIND => McpSession { id, principal, expires_at } }
