//! Connections that were deleted.

use uuid::Uuid;

use super::error::store_error;
use super::row::Record;
use super::{Change, SqlRow, SqlStore, connections, refused, requests, take_turn};
use crate::{EndedConnection, Owner, StoreError, Timestamp};

const WHAT: &str = "deleted connection";

pub(super) async fn end(store: &SqlStore, ended: &EndedConnection) -> Result<(), StoreError> {
    let mut change = store.change().await?;
    let owner = Owner::Organization(ended.organization.clone());
    take_turn(&mut change, &owner).await?;
    if connections::by_id_in(&mut change, ended.id)
        .await?
        .is_some()
    {
        return Err(StoreError::Changed("connection"));
    }
    requests::withdraw_for(store, &mut change, ended.id).await?;
    insert(&mut change, ended).await?;
    change.commit().await.map_err(store_error)
}

/// Notes that a connection ended; one that came back and ended again has a new end.
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
    .map(drop)
    .map_err(refused::by_foreign_key(StoreError::NotFound(
        "organization",
    )))
}

pub(super) async fn by_id(
    store: &SqlStore,
    id: Uuid,
) -> Result<Option<EndedConnection>, StoreError> {
    sqlx::query(
        "SELECT id, organization, connector, name, label, created_at, ended_at
         FROM ended_connections WHERE id = $1",
    )
    .bind(id)
    .fetch_optional(store.reading())
    .await
    .map_err(store_error)?
    .as_ref()
    .map(read)
    .transpose()
}

pub(super) async fn forget(store: &SqlStore, then: Timestamp) -> Result<u64, StoreError> {
    sqlx::query("DELETE FROM ended_connections WHERE ended_at <= $1")
        .bind(then.as_millis())
        .execute(store.writing())
        .await
        .map(|done| done.rows_affected())
        .map_err(store_error)
}

fn read(row: &SqlRow) -> Result<EndedConnection, StoreError> {
    let record = Record { what: WHAT, row };
    Ok(EndedConnection {
        id: record.id("id")?,
        organization: record.get("organization")?,
        connector: record.get("connector")?,
        name: record.get("name")?,
        label: record.get("label")?,
        created_at: record.time("created_at")?,
        ended_at: record.time("ended_at")?,
    })
}
