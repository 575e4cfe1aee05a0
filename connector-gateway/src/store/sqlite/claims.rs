//! Idempotency claims.

use sqlx::sqlite::SqliteRow;

use super::error::store_error;
use super::row::Record;
use super::{Change, SqliteStore};
use crate::store::{Claim, Claimed, StoreError};
use crate::time::Timestamp;
use crate::vault::Sealed;

const WHAT: &str = "claim";

pub(super) async fn take(store: &SqliteStore, claim: &Claim) -> Result<Claimed, StoreError> {
    let mut change = store.change().await?;
    let row =
        sqlx::query("SELECT * FROM claims WHERE principal = ? AND key = ? AND expires_at > ?")
            .bind(&claim.principal)
            .bind(claim.key.as_str())
            .bind(Timestamp::now().as_millis())
            .fetch_optional(&mut *change)
            .await
            .map_err(store_error)?;
    let claimed = match &row {
        None => Claimed::Taken,
        Some(row) => judge(store, claim, row)?,
    };
    if claimed == Claimed::Taken {
        insert(store, &mut change, claim).await?;
        change.commit().await.map_err(store_error)?;
    }
    Ok(claimed)
}

/// Tells what the earlier claim means for this one.
fn judge(store: &SqliteStore, claim: &Claim, row: &SqliteRow) -> Result<Claimed, StoreError> {
    let record = Record { what: WHAT, row };
    let run = record.id("run")?;
    let outcome: Option<Vec<u8>> = record.get("outcome")?;
    if record.hash("fingerprint")? != claim.fingerprint {
        Ok(Claimed::Conflict)
    } else if outcome.is_some() {
        let outcome = record.sealed("key_id", "outcome")?;
        Ok(Claimed::Finished { run, outcome })
    } else if record.id("instance")? == store.instance {
        Ok(Claimed::Running)
    } else if record.get("repeatable")? {
        Ok(Claimed::Taken)
    } else {
        Ok(Claimed::Lost { run })
    }
}

async fn insert(store: &SqliteStore, change: &mut Change, claim: &Claim) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT OR REPLACE INTO claims
           (principal, key, fingerprint, run, repeatable, instance, expires_at)
         VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(&claim.principal)
    .bind(claim.key.as_str())
    .bind(claim.fingerprint.as_slice())
    .bind(claim.run.as_bytes().as_slice())
    .bind(claim.repeatable)
    .bind(store.instance.as_bytes().as_slice())
    .bind(claim.expires_at.as_millis())
    .execute(&mut **change)
    .await
    .map(drop)
    .map_err(store_error)
}

pub(super) async fn finish(
    store: &SqliteStore,
    claim: &Claim,
    outcome: &Sealed,
) -> Result<(), StoreError> {
    let finished = sqlx::query(
        "UPDATE claims SET key_id = ?, outcome = ?
         WHERE principal = ? AND key = ? AND run = ? AND instance = ? AND outcome IS NULL",
    )
    .bind(&outcome.key_id)
    .bind(&outcome.bytes)
    .bind(&claim.principal)
    .bind(claim.key.as_str())
    .bind(claim.run.as_bytes().as_slice())
    .bind(store.instance.as_bytes().as_slice())
    .execute(&store.writer)
    .await
    .map_err(store_error)?;
    held(finished.rows_affected())
}

pub(super) async fn release(store: &SqliteStore, claim: &Claim) -> Result<(), StoreError> {
    let released = sqlx::query(
        "DELETE FROM claims
         WHERE principal = ? AND key = ? AND run = ? AND instance = ? AND outcome IS NULL",
    )
    .bind(&claim.principal)
    .bind(claim.key.as_str())
    .bind(claim.run.as_bytes().as_slice())
    .bind(store.instance.as_bytes().as_slice())
    .execute(&store.writer)
    .await
    .map_err(store_error)?;
    held(released.rows_affected())
}

fn held(rows: u64) -> Result<(), StoreError> {
    match rows {
        0 => Err(StoreError::Changed(WHAT)),
        _ => Ok(()),
    }
}

pub(super) async fn forget(store: &SqliteStore, now: Timestamp) -> Result<u64, StoreError> {
    sqlx::query("DELETE FROM claims WHERE expires_at <= ?")
        .bind(now.as_millis())
        .execute(&store.writer)
        .await
        .map(|deleted| deleted.rows_affected())
        .map_err(store_error)
}

/// Returns a key as its column has it.
pub(super) fn key_column(key: &str) -> &str {
    key
}

/// Reads the column.
pub(super) fn key(record: &Record<'_>) -> Result<String, StoreError> {
    record.get("key")
}
