//! Leases for the refresh of credentials, and what comes of it.

use std::time::Duration;

use uuid::Uuid;

use super::error::store_error;
use super::row::Record;
use super::{SqlStore, connections};
use crate::store::optional_json;
use crate::{Accounts as _, Connection, Lease, StoreError, Timestamp};

const WHAT: &str = "credential";

/// A lease that has ended stays, for its fence.
const END: &str = "UPDATE refresh_leases SET until = 0 WHERE connection = $1 AND fence = $2";

pub(super) async fn lease(
    store: &SqlStore,
    connection: Uuid,
    credential_version: i64,
    span: Duration,
) -> Result<Lease, StoreError> {
    let mut change = store.change().await?;
    let is_current = "SELECT 1 FROM connections WHERE id = $1 AND credential_version = $2";
    let current = sqlx::query(is_current)
        .bind(connection)
        .bind(credential_version)
        .fetch_optional(&mut *change)
        .await
        .map_err(store_error)?;
    if current.is_none() {
        return Ok(Lease::Changed);
    }
    let taken = sqlx::query(concat!(
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
    .bind(store.instance())
    .bind(i64::try_from(span.as_millis()).unwrap_or(i64::MAX))
    .fetch_optional(&mut *change)
    .await
    .map_err(store_error)?;
    let Some(row) = taken else {
        return Ok(Lease::Busy);
    };
    let record = Record {
        what: "lease",
        row: &row,
    };
    let fence = record.get("fence")?;
    change.commit().await.map_err(store_error)?;
    Ok(Lease::Taken { fence })
}

pub(super) async fn finish(
    store: &SqlStore,
    connection: &Connection,
    fence: i64,
) -> Result<Connection, StoreError> {
    let mut change = store.change().await?;
    let ended = sqlx::query(END)
        .bind(connection.id)
        .bind(fence)
        .execute(&mut *change)
        .await
        .map_err(store_error)?;
    if ended.rows_affected() == 0 {
        return Err(StoreError::Changed(WHAT));
    }
    let stored = sqlx::query(
        "UPDATE connections SET status = $1, scopes = $2, expires_at = $3, refresh_at = $4,
           key_id = $5, secret = $6, version = version + 1,
           credential_version = credential_version + 1, updated_at = $7
         WHERE id = $8 AND credential_version = $9",
    )
    .bind(connection.status.as_str())
    .bind(optional_json(WHAT, connection.scopes.as_ref())?)
    .bind(connection.expires_at.map(Timestamp::as_millis))
    .bind(connection.refresh_at.map(Timestamp::as_millis))
    .bind(&connection.secret.key_id)
    .bind(&connection.secret.bytes)
    .bind(store.now().as_millis())
    .bind(connection.id)
    .bind(connection.credential_version)
    .execute(&mut *change)
    .await
    .map_err(store_error)?;
    if stored.rows_affected() == 0 {
        return Err(StoreError::Changed(WHAT));
    }
    connections::stored(change, connection.id).await
}

pub(super) async fn release(
    store: &SqlStore,
    connection: Uuid,
    fence: i64,
) -> Result<(), StoreError> {
    sqlx::query(END)
        .bind(connection)
        .bind(fence)
        .execute(store.writing())
        .await
        .map(drop)
        .map_err(store_error)
}
