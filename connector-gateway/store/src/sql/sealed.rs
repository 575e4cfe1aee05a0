//! What the vault asks: the key check, and values to be sealed anew.

use super::error::{is_duplicate, store_error};
use super::row::{Record, readable};
use super::{SqlRow, SqlStore, claims};
use crate::{Sealed, SealedPlace, SealedRecord, StoreError};

const CHECK: &str = "key check";

pub(super) async fn check(store: &SqlStore) -> Result<Option<Sealed>, StoreError> {
    sqlx::query("SELECT key_id, sealed FROM key_check")
        .fetch_optional(store.reading())
        .await
        .map_err(store_error)?
        .map(|row| {
            Record {
                what: CHECK,
                row: &row,
            }
            .sealed("key_id", "sealed")
        })
        .transpose()
}

pub(super) async fn set_check(store: &SqlStore, check: &Sealed) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO key_check (only_row, key_id, sealed) VALUES (1, $1, $2)")
        .bind(&check.key_id)
        .bind(&check.bytes)
        .execute(store.writing())
        .await
        .map(drop)
        .map_err(|error| {
            if is_duplicate(&error) {
                StoreError::Changed(CHECK)
            } else {
                store_error(error)
            }
        })
}

pub(super) async fn with_other_keys(
    store: &SqlStore,
    current: &str,
    limit: u32,
) -> Result<Vec<SealedRecord>, StoreError> {
    // Two ranges instead of `<>`, which no index helps.
    let connections = sqlx::query(
        "SELECT id, key_id, secret FROM connections WHERE key_id < $1 OR key_id > $1 LIMIT $2",
    )
    .bind(current)
    .bind(i64::from(limit))
    .fetch_all(store.reading())
    .await
    .map_err(store_error)?;
    let mut records = readable("connection", &connections, connection);
    let clients = sqlx::query(
        "SELECT id, key_id, secret FROM oauth_clients WHERE key_id < $1 OR key_id > $1 LIMIT $2",
    )
    .bind(current)
    .bind(left(limit, &records))
    .fetch_all(store.reading())
    .await
    .map_err(store_error)?;
    records.extend(readable("OAuth client", &clients, oauth_client));
    let claims = sqlx::query(
        "SELECT principal, key, run, key_id, outcome FROM claims
         WHERE key_id < $1 OR key_id > $1 LIMIT $2",
    )
    .bind(current)
    .bind(left(limit, &records))
    .fetch_all(store.reading())
    .await
    .map_err(store_error)?;
    records.extend(readable("claim", &claims, claim));
    Ok(records)
}

fn left(limit: u32, records: &[SealedRecord]) -> i64 {
    i64::from(limit) - i64::try_from(records.len()).unwrap_or(i64::MAX)
}

fn oauth_client(row: &SqlRow) -> Result<SealedRecord, StoreError> {
    let record = Record {
        what: "OAuth client",
        row,
    };
    Ok(SealedRecord {
        place: SealedPlace::OAuthClient(record.id("id")?),
        before: record.sealed("key_id", "secret")?,
    })
}

fn connection(row: &SqlRow) -> Result<SealedRecord, StoreError> {
    let record = Record {
        what: "connection",
        row,
    };
    Ok(SealedRecord {
        place: SealedPlace::Connection(record.id("id")?),
        before: record.sealed("key_id", "secret")?,
    })
}

fn claim(row: &SqlRow) -> Result<SealedRecord, StoreError> {
    let record = Record { what: "claim", row };
    Ok(SealedRecord {
        place: SealedPlace::Claim {
            principal: record.get("principal")?,
            key: claims::key(&record)?,
            run: record.id("run")?,
        },
        before: record.sealed("key_id", "outcome")?,
    })
}

pub(super) async fn replace(
    store: &SqlStore,
    record: &SealedRecord,
    sealed: &Sealed,
) -> Result<bool, StoreError> {
    let before = &record.before;
    let query = match &record.place {
        SealedPlace::Connection(id) => sqlx::query(
            "UPDATE connections SET key_id = $1, secret = $2, version = version + 1
             WHERE key_id = $3 AND secret = $4 AND id = $5",
        )
        .bind(&sealed.key_id)
        .bind(&sealed.bytes)
        .bind(&before.key_id)
        .bind(&before.bytes)
        .bind(id),
        SealedPlace::OAuthClient(id) => sqlx::query(
            "UPDATE oauth_clients SET key_id = $1, secret = $2
             WHERE key_id = $3 AND secret = $4 AND id = $5",
        )
        .bind(&sealed.key_id)
        .bind(&sealed.bytes)
        .bind(&before.key_id)
        .bind(&before.bytes)
        .bind(id),
        SealedPlace::Claim {
            principal,
            key,
            run,
        } => sqlx::query(
            "UPDATE claims SET key_id = $1, outcome = $2
             WHERE key_id = $3 AND outcome = $4 AND principal = $5 AND key = $6 AND run = $7",
        )
        .bind(&sealed.key_id)
        .bind(&sealed.bytes)
        .bind(&before.key_id)
        .bind(&before.bytes)
        .bind(principal)
        .bind(claims::key_column(key))
        .bind(run),
        SealedPlace::Check => sqlx::query(
            "UPDATE key_check SET key_id = $1, sealed = $2 WHERE key_id = $3 AND sealed = $4",
        )
        .bind(&sealed.key_id)
        .bind(&sealed.bytes)
        .bind(&before.key_id)
        .bind(&before.bytes),
    };
    query
        .execute(store.writing())
        .await
        .map(|replaced| replaced.rows_affected() == 1)
        .map_err(store_error)
}
