//! Requests to connect an account.

use async_trait::async_trait;
use uuid::Uuid;

use super::{
    Change, Record, SqlRow, SqlStore, connections, execute, find, is_no_text, json, optional_json,
    some, store_error, take_turn, take_turn_of,
};
use crate::{
    Backend as _, Connection, ConnectionRequest, Owner, Quota, RecordKind, RequestDetails,
    RequestError, RequestStatus, RequestStore, StoreError, Timestamp,
};

/// Listed explicitly: the columns of a prepared statement stay the same when a migration adds
/// others.
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

const KIND: RecordKind = RecordKind::ConnectionRequest;

#[async_trait]
impl RequestStore for SqlStore {
    async fn create_request(
        &self,
        request: &ConnectionRequest,
        supersede: Option<&RequestError>,
        quota: Quota<'_>,
    ) -> Result<(), StoreError> {
        self.within(async {
            let mut change = self.change().await?;
            take_turn_of(&mut change, quota.principal).await?;
            if let Some(error) = supersede {
                let update = sqlx::query(
                    "UPDATE connection_requests
                     SET status = 'failed', error = $1, state = NULL, updated_at = $2
                     WHERE owner = $3 AND connector = $4 AND principal = $5
                       AND status = 'initiated' AND id NOT IN (
                         SELECT id FROM connection_requests
                         WHERE owner = $3 AND connector = $4 AND principal = $5
                           AND status = 'initiated'
                         ORDER BY created_at DESC, id LIMIT $6
                       )",
                )
                .bind(json(KIND, error)?)
                .bind(request.created_at.as_millis())
                .bind(request.owner.key())
                .bind(&request.connector)
                .bind(quota.principal)
                .bind(i64::try_from(quota.beside).unwrap_or(i64::MAX));
                execute(&mut change, update).await?;
            }
            keep_to(&mut change, quota, self.now()).await?;
            let insert = sqlx::query(
                "INSERT INTO connection_requests (id, owner, connector, connection, status,
                   details, error, expires_at, created_at, updated_at, principal)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            )
            .bind(request.id)
            .bind(request.owner.key())
            .bind(&request.connector)
            .bind(request.connection)
            .bind(request.status.as_str())
            .bind(json(KIND, &request.details)?)
            .bind(optional_json(KIND, request.error.as_ref())?)
            .bind(request.expires_at.as_millis())
            .bind(request.created_at.as_millis())
            .bind(request.updated_at.as_millis())
            .bind(quota.principal);
            execute(&mut change, insert).await?;
            change.commit().await.map_err(store_error)
        })
        .await
    }

    async fn request(&self, id: Uuid) -> Result<Option<ConnectionRequest>, StoreError> {
        let select = sqlx::query(columns!("FROM connection_requests WHERE id = $1")).bind(id);
        self.find(select, read).await
    }

    async fn request_for(&self, connection: Uuid) -> Result<Option<ConnectionRequest>, StoreError> {
        let select = sqlx::query(columns!(
            "FROM connection_requests WHERE connection = $1 ORDER BY created_at DESC, id LIMIT 1"
        ));
        self.find(select.bind(connection), read).await
    }

    async fn requests(&self, owner: &Owner) -> Result<Vec<ConnectionRequest>, StoreError> {
        let key = owner.key();
        if is_no_text(&key) {
            return Ok(Vec::new());
        }
        let select = sqlx::query(columns!(
            "FROM connection_requests WHERE owner = $1 ORDER BY created_at DESC, id"
        ));
        self.list(KIND, select.bind(key), read).await
    }

    async fn begin_authorization(
        &self,
        id: Uuid,
        details: &RequestDetails,
        browser: &[u8; 32],
        state: &[u8; 32],
    ) -> Result<(), StoreError> {
        let update = sqlx::query(
            "UPDATE connection_requests SET browser = $1, state = $2, updated_at = $3, details = $4
             WHERE id = $5 AND status = 'initiated' AND expires_at > $3",
        )
        .bind(browser.as_slice())
        .bind(state.as_slice())
        .bind(self.now().as_millis())
        .bind(json(KIND, details)?)
        .bind(id);
        let begun = self.execute(update, store_error).await?;
        some(begun, StoreError::Changed(KIND))
    }

    async fn take_authorization(
        &self,
        state: &[u8; 32],
        browser: &[u8; 32],
    ) -> Result<Option<ConnectionRequest>, StoreError> {
        let update = sqlx::query(columns!(
            "UPDATE connection_requests SET state = NULL, updated_at = $3
             WHERE state = $1 AND browser = $2 AND status = 'initiated' AND expires_at > $3
             RETURNING",
            ""
        ))
        .bind(state.as_slice())
        .bind(browser.as_slice())
        .bind(self.now().as_millis());
        self.within(find(self.writing(), update, read)).await
    }

    async fn finish_request(
        &self,
        id: Uuid,
        connection: &Connection,
    ) -> Result<Connection, StoreError> {
        self.within(async {
            let mut change = self.change().await?;
            take_turn(&mut change, &connection.owner).await?;
            close(self, &mut change, id, RequestStatus::Connected, None).await?;
            let connected = "UPDATE connection_requests SET connection = $1 WHERE id = $2";
            let connected = sqlx::query(connected).bind(connection.id).bind(id);
            execute(&mut change, connected).await?;
            match connections::by_id(&mut change, connection.id).await? {
                Some(before) => {
                    let connection = Connection {
                        credential_version: before.credential_version + 1,
                        ..connection.clone()
                    };
                    connections::replace(self, &mut change, &before, &connection).await?;
                }
                None => connections::insert(&mut change, connection).await?,
            }
            connections::stored(change, connection.id).await
        })
        .await
    }

    async fn fail_request(&self, id: Uuid, error: &RequestError) -> Result<(), StoreError> {
        self.within(async {
            let mut change = self.change().await?;
            close(self, &mut change, id, RequestStatus::Failed, Some(error)).await?;
            change.commit().await.map_err(store_error)
        })
        .await
    }

    async fn forget_requests(&self, then: Timestamp) -> Result<u64, StoreError> {
        let delete = sqlx::query("DELETE FROM connection_requests WHERE expires_at <= $1")
            .bind(then.as_millis());
        self.execute(delete, store_error).await
    }
}

/// Fails unless a principal may have one more, and deletes all but the latest ended ones.
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
    let delete = sqlx::query(
        "DELETE FROM connection_requests WHERE id IN (
           SELECT id FROM connection_requests
           WHERE principal = $1 AND (status <> 'initiated' OR expires_at <= $2)
           ORDER BY created_at DESC, id LIMIT 1000000 OFFSET $3
         )",
    )
    .bind(quota.principal)
    .bind(now.as_millis())
    .bind(i64::try_from(quota.kept()).unwrap_or(i64::MAX));
    execute(change, delete).await.map(drop)
}

pub(super) async fn withdraw_for(
    store: &SqlStore,
    change: &mut Change,
    connection: Uuid,
) -> Result<(), StoreError> {
    let update = sqlx::query(
        "UPDATE connection_requests SET status = 'failed', error = $1, state = NULL, updated_at = $2
         WHERE connection = $3 AND status = 'initiated'",
    )
    .bind(json(KIND, &RequestError::withdrawn())?)
    .bind(store.now().as_millis())
    .bind(connection);
    execute(change, update).await.map(drop)
}

pub(super) async fn withdraw_of(
    store: &SqlStore,
    change: &mut Change,
    owner: &Owner,
) -> Result<(), StoreError> {
    let update = sqlx::query(
        "UPDATE connection_requests SET status = 'failed', error = $1, state = NULL, updated_at = $2
         WHERE owner = $3 AND status = 'initiated'",
    )
    .bind(json(KIND, &RequestError::withdrawn())?)
    .bind(store.now().as_millis())
    .bind(owner.key());
    execute(change, update).await.map(drop)
}

async fn close(
    store: &SqlStore,
    change: &mut Change,
    id: Uuid,
    status: RequestStatus,
    error: Option<&RequestError>,
) -> Result<(), StoreError> {
    let update = sqlx::query(
        "UPDATE connection_requests SET status = $1, error = $2, state = NULL, updated_at = $3
         WHERE id = $4 AND status = 'initiated'",
    )
    .bind(status.as_str())
    .bind(optional_json(KIND, error)?)
    .bind(store.now().as_millis())
    .bind(id);
    some(execute(change, update).await?, StoreError::Changed(KIND))
}

reads! {
    KIND => ConnectionRequest {
        id, owner, connector, connection, status, browser, expires_at, created_at, updated_at,
    }
    |record| { details: record.json("details")?, error: record.optional_json("error")? }
}
