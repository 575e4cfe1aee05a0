//! Requests to connect an account.

use uuid::Uuid;

use super::error::store_error;
use super::row::{Record, is_no_text, readable};
use super::{Change, SqlRow, SqlStore, connections, take_turn_of};
use crate::store::{json, optional_json};
use crate::{
    Accounts as _, Asked, Connection, ConnectionRequest, Owner, Quota, RequestError, RequestStatus,
    StoreError, Timestamp,
};

/// Named one by one: a statement that was prepared keeps its columns when a migration adds others.
macro_rules! columns {
    ($before:literal, $after:literal) => {
        concat!(
            $before,
            " id, owner, connector, connection, status, browser, details, error, expires_at, ",
            "created_at, updated_at ",
            $after
        )
    };
    ($rest:literal) => {
        columns!("SELECT", $rest)
    };
}

const WHAT: &str = "connection request";

pub(super) async fn create(
    store: &SqlStore,
    request: &ConnectionRequest,
    supersede: Option<&RequestError>,
    quota: Quota<'_>,
) -> Result<(), StoreError> {
    let mut change = store.change().await?;
    take_turn_of(&mut change, quota.principal).await?;
    if let Some(error) = supersede {
        sqlx::query(
            "UPDATE connection_requests
             SET status = 'failed', error = $1, state = NULL, updated_at = $2
             WHERE owner = $3 AND connector = $4 AND status = 'initiated'",
        )
        .bind(json(WHAT, error)?)
        .bind(request.created_at.as_millis())
        .bind(request.owner.key())
        .bind(&request.connector)
        .execute(&mut *change)
        .await
        .map_err(store_error)?;
    }
    keep_to(&mut change, quota, store.now()).await?;
    sqlx::query(
        "INSERT INTO connection_requests (id, owner, connector, connection, status, details, error,
           expires_at, created_at, updated_at, principal)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(request.id)
    .bind(request.owner.key())
    .bind(&request.connector)
    .bind(request.connection)
    .bind(request.status.as_str())
    .bind(json(WHAT, &request.asked)?)
    .bind(optional_json(WHAT, request.error.as_ref())?)
    .bind(request.expires_at.as_millis())
    .bind(request.created_at.as_millis())
    .bind(request.updated_at.as_millis())
    .bind(quota.principal)
    .execute(&mut *change)
    .await
    .map_err(store_error)?;
    change.commit().await.map_err(store_error)
}

/// Makes sure that a principal may have one more, and keeps of the ended ones only the latest.
async fn keep_to(change: &mut Change, quota: Quota<'_>, now: Timestamp) -> Result<(), StoreError> {
    let open: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM connection_requests
         WHERE principal = $1 AND status = 'initiated' AND expires_at > $2",
    )
    .bind(quota.principal)
    .bind(now.as_millis())
    .fetch_one(&mut **change)
    .await
    .map_err(store_error)?;
    if usize::try_from(open).is_ok_and(|open| open >= quota.most) {
        return Err(StoreError::TooMany("open connect requests"));
    }
    sqlx::query(
        "DELETE FROM connection_requests WHERE id IN (
           SELECT id FROM connection_requests
           WHERE principal = $1 AND (status <> 'initiated' OR expires_at <= $2)
           ORDER BY created_at DESC, id LIMIT 1000000 OFFSET $3
         )",
    )
    .bind(quota.principal)
    .bind(now.as_millis())
    .bind(i64::try_from(quota.kept()).unwrap_or(i64::MAX))
    .execute(&mut **change)
    .await
    .map(drop)
    .map_err(store_error)
}

pub(super) async fn by_id(
    store: &SqlStore,
    id: Uuid,
) -> Result<Option<ConnectionRequest>, StoreError> {
    sqlx::query(columns!("FROM connection_requests WHERE id = $1"))
        .bind(id)
        .fetch_optional(store.reading())
        .await
        .map_err(store_error)?
        .as_ref()
        .map(read)
        .transpose()
}

pub(super) async fn latest_for(
    store: &SqlStore,
    connection: Uuid,
) -> Result<Option<ConnectionRequest>, StoreError> {
    sqlx::query(columns!(
        "FROM connection_requests WHERE connection = $1 ORDER BY created_at DESC, id LIMIT 1"
    ))
    .bind(connection)
    .fetch_optional(store.reading())
    .await
    .map_err(store_error)?
    .as_ref()
    .map(read)
    .transpose()
}

pub(super) async fn of_owner(
    store: &SqlStore,
    owner: &Owner,
) -> Result<Vec<ConnectionRequest>, StoreError> {
    let key = owner.key();
    if is_no_text(&key) {
        return Ok(Vec::new());
    }
    sqlx::query(columns!(
        "FROM connection_requests WHERE owner = $1 ORDER BY created_at DESC, id"
    ))
    .bind(key)
    .fetch_all(store.reading())
    .await
    .map_err(store_error)
    .map(|rows| readable(WHAT, &rows, read))
}

pub(super) async fn begin_authorization(
    store: &SqlStore,
    id: Uuid,
    asked: &Asked,
    browser: &[u8; 32],
    state: &[u8; 32],
) -> Result<(), StoreError> {
    let now = store.now().as_millis();
    let begun = sqlx::query(
        "UPDATE connection_requests SET browser = $1, state = $2, updated_at = $3, details = $4
         WHERE id = $5 AND status = 'initiated' AND expires_at > $3",
    )
    .bind(browser.as_slice())
    .bind(state.as_slice())
    .bind(now)
    .bind(json(WHAT, asked)?)
    .bind(id)
    .execute(store.writing())
    .await
    .map_err(store_error)?;
    one(begun.rows_affected())
}

fn one(rows: u64) -> Result<(), StoreError> {
    match rows {
        0 => Err(StoreError::Changed(WHAT)),
        _ => Ok(()),
    }
}

pub(super) async fn take_authorization(
    store: &SqlStore,
    state: &[u8; 32],
    browser: &[u8; 32],
) -> Result<Option<ConnectionRequest>, StoreError> {
    let now = store.now().as_millis();
    sqlx::query(columns!(
        "UPDATE connection_requests SET state = NULL, updated_at = $3
         WHERE state = $1 AND browser = $2 AND status = 'initiated' AND expires_at > $3 RETURNING",
        ""
    ))
    .bind(state.as_slice())
    .bind(browser.as_slice())
    .bind(now)
    .fetch_optional(store.writing())
    .await
    .map_err(store_error)?
    .as_ref()
    .map(read)
    .transpose()
}

pub(super) async fn finish(
    store: &SqlStore,
    id: Uuid,
    connection: &Connection,
) -> Result<Connection, StoreError> {
    let mut change = store.change().await?;
    super::take_turn(&mut change, &connection.owner).await?;
    close(store, &mut change, id, RequestStatus::Connected, None).await?;
    let connected = "UPDATE connection_requests SET connection = $1 WHERE id = $2";
    sqlx::query(connected)
        .bind(connection.id)
        .bind(id)
        .execute(&mut *change)
        .await
        .map_err(store_error)?;
    match connections::by_id_in(&mut change, connection.id).await? {
        Some(before) => {
            let connection = Connection {
                credential_version: before.credential_version + 1,
                ..connection.clone()
            };
            connections::replace(store, &mut change, &before, &connection).await?;
        }
        None => connections::insert(&mut change, connection).await?,
    }
    connections::stored(change, connection.id).await
}

pub(super) async fn fail(
    store: &SqlStore,
    id: Uuid,
    error: &RequestError,
) -> Result<(), StoreError> {
    let mut change = store.change().await?;
    close(store, &mut change, id, RequestStatus::Failed, Some(error)).await?;
    change.commit().await.map_err(store_error)
}

/// Takes the open requests for a connection back.
pub(super) async fn withdraw_for(
    store: &SqlStore,
    change: &mut Change,
    connection: Uuid,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE connection_requests SET status = 'failed', error = $1, state = NULL, updated_at = $2
         WHERE connection = $3 AND status = 'initiated'",
    )
    .bind(json(WHAT, &RequestError::withdrawn())?)
    .bind(store.now().as_millis())
    .bind(connection)
    .execute(&mut **change)
    .await
    .map(drop)
    .map_err(store_error)
}

async fn close(
    store: &SqlStore,
    change: &mut Change,
    id: Uuid,
    status: RequestStatus,
    error: Option<&RequestError>,
) -> Result<(), StoreError> {
    let closed = sqlx::query(
        "UPDATE connection_requests SET status = $1, error = $2, state = NULL, updated_at = $3
         WHERE id = $4 AND status = 'initiated'",
    )
    .bind(status.as_str())
    .bind(optional_json(WHAT, error)?)
    .bind(store.now().as_millis())
    .bind(id)
    .execute(&mut **change)
    .await
    .map_err(store_error)?;
    one(closed.rows_affected())
}

pub(super) async fn forget(store: &SqlStore, then: Timestamp) -> Result<u64, StoreError> {
    sqlx::query("DELETE FROM connection_requests WHERE expires_at <= $1")
        .bind(then.as_millis())
        .execute(store.writing())
        .await
        .map(|done| done.rows_affected())
        .map_err(store_error)
}

fn read(row: &SqlRow) -> Result<ConnectionRequest, StoreError> {
    let record = Record { what: WHAT, row };
    Ok(ConnectionRequest {
        id: record.id("id")?,
        owner: record.owner("owner")?,
        connector: record.get("connector")?,
        connection: record.id("connection")?,
        asked: record.json("details")?,
        status: record.word("status", RequestStatus::from_text)?,
        error: record.optional_json("error")?,
        browser: record.optional_hash("browser")?,
        expires_at: record.time("expires_at")?,
        created_at: record.time("created_at")?,
        updated_at: record.time("updated_at")?,
    })
}
