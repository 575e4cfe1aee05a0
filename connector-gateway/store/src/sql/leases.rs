//! Leases for the refresh of credentials, and its results.

use std::time::Duration;

use async_trait::async_trait;
use uuid::Uuid;

use super::{
    Record, SqlRow, SqlStore, connections, execute, find, optional_json, some, store_error,
};
use crate::{Backend as _, Connection, Lease, LeaseStore, RecordKind, StoreError, Timestamp};

const KIND: RecordKind = RecordKind::Credential;

/// An expired lease is kept for its fence.
const END: &str = "UPDATE refresh_leases SET until = 0 WHERE connection = $1 AND fence = $2";

#[async_trait]
impl LeaseStore for SqlStore {
    async fn lease_refresh(
        &self,
        connection: Uuid,
        credential_version: i64,
        span: Duration,
    ) -> Result<Lease, StoreError> {
        self.within(async {
            let mut change = self.change().await?;
            let is_current = "SELECT 1 FROM connections WHERE id = $1 AND credential_version = $2";
            let is_current = sqlx::query(is_current)
                .bind(connection)
                .bind(credential_version);
            let current = find(&mut *change, is_current, |_| Ok(())).await?;
            if current.is_none() {
                return Ok(Lease::Changed);
            }
            let take = sqlx::query(concat!(
                "INSERT INTO refresh_leases (connection, fence, instance, until)
                 VALUES ($1, 1, $2, ",
                now_millis!(),
                " + $3)
                 ON CONFLICT (connection) DO UPDATE SET fence = refresh_leases.fence + 1,
                   instance = excluded.instance, until = excluded.until
                 WHERE refresh_leases.until <= ",
                now_millis!(),
                abandoned!("$2"),
                "
                 RETURNING fence"
            ))
            .bind(connection)
            .bind(self.instance())
            .bind(i64::try_from(span.as_millis()).unwrap_or(i64::MAX));
            let Some(fence) = find(&mut *change, take, fence).await? else {
                return Ok(Lease::Busy);
            };
            change.commit().await.map_err(store_error)?;
            Ok(Lease::Taken { fence })
        })
        .await
    }

    async fn finish_refresh(
        &self,
        connection: &Connection,
        fence: i64,
    ) -> Result<Connection, StoreError> {
        self.within(async {
            let mut change = self.change().await?;
            let end = sqlx::query(END).bind(connection.id).bind(fence);
            let ended = execute(&mut change, end).await?;
            some(ended, StoreError::Changed(KIND))?;
            let update = sqlx::query(
                "UPDATE connections SET status = $1, scopes = $2, expires_at = $3, refresh_at = $4,
                   key_id = $5, secret = $6, version = version + 1,
                   credential_version = credential_version + 1, updated_at = $7
                 WHERE id = $8 AND credential_version = $9",
            )
            .bind(connection.status.as_str())
            .bind(optional_json(KIND, connection.scopes.as_ref())?)
            .bind(connection.expires_at.map(Timestamp::as_millis))
            .bind(connection.refresh_at.map(Timestamp::as_millis))
            .bind(&connection.secret.key_id)
            .bind(&connection.secret.bytes)
            .bind(self.now().as_millis())
            .bind(connection.id)
            .bind(connection.credential_version);
            let updated = execute(&mut change, update).await?;
            some(updated, StoreError::Changed(KIND))?;
            connections::stored(change, connection.id).await
        })
        .await
    }

    async fn release_refresh(&self, connection: Uuid, fence: i64) -> Result<(), StoreError> {
        let end = sqlx::query(END).bind(connection).bind(fence);
        self.execute(end, store_error).await.map(drop)
    }
}

fn fence(row: &SqlRow) -> Result<i64, StoreError> {
    let kind = RecordKind::Lease;
    Record { kind, row }.get("fence")
}
