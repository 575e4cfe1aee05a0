//! Records of deleted connections.

use async_trait::async_trait;
use uuid::Uuid;

use super::{
    Change, Record, SqlRow, SqlStore, by_foreign_key, connections, execute, requests, store_error,
    take_turn,
};
use crate::{EndedConnection, EndedConnectionStore, Owner, RecordKind, StoreError, Timestamp};

#[async_trait]
impl EndedConnectionStore for SqlStore {
    async fn end_connection(&self, ended: &EndedConnection) -> Result<(), StoreError> {
        self.within(async {
            let mut change = self.change().await?;
            let owner = Owner::Organization(ended.organization.clone());
            take_turn(&mut change, &owner).await?;
            if connections::by_id(&mut change, ended.id).await?.is_some() {
                return Err(StoreError::Changed(RecordKind::Connection));
            }
            requests::withdraw_for(self, &mut change, ended.id).await?;
            insert(&mut change, ended).await?;
            change.commit().await.map_err(store_error)
        })
        .await
    }

    async fn ended_connection(&self, id: Uuid) -> Result<Option<EndedConnection>, StoreError> {
        let select = sqlx::query(
            "SELECT id, organization, connector, name, label, created_at, ended_at
             FROM ended_connections WHERE id = $1",
        )
        .bind(id);
        self.find(select, read).await
    }

    async fn forget_ended_connections(&self, then: Timestamp) -> Result<u64, StoreError> {
        let delete = sqlx::query("DELETE FROM ended_connections WHERE ended_at <= $1")
            .bind(then.as_millis());
        self.execute(delete, store_error).await
    }
}

/// How many records of one organization are kept: each costs its callers two requests.
const MOST: i64 = 1_000;

/// Records the end of a connection; one that was restored and ended again has a new end. Of an
/// organization, only the latest records are kept.
pub(super) async fn insert(change: &mut Change, ended: &EndedConnection) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO ended_connections (id, organization, connector, name, label, created_at,
           ended_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, label = excluded.label,
           created_at = excluded.created_at, ended_at = excluded.ended_at",
    )
    .bind(ended.id)
    .bind(&ended.organization)
    .bind(&ended.connector)
    .bind(&ended.name)
    .bind(&ended.label)
    .bind(ended.created_at.as_millis())
    .bind(ended.ended_at.as_millis())
    .execute(&mut **change)
    .await
    .map_err(by_foreign_key(StoreError::NotFound(
        RecordKind::Organization,
    )))?;
    let delete = sqlx::query(
        "DELETE FROM ended_connections WHERE id IN (
           SELECT id FROM ended_connections WHERE organization = $1
           ORDER BY ended_at DESC, id DESC LIMIT 1000000 OFFSET $2
         )",
    )
    .bind(&ended.organization)
    .bind(MOST);
    execute(change, delete).await.map(drop)
}

reads! {
    RecordKind::DeletedConnection => EndedConnection {
        id, organization, connector, name, label, created_at, ended_at,
    }
}
