//! Idempotency claims.

use async_trait::async_trait;
use sqlx::sqlite::SqliteRow;

use super::error::store_error;
use super::sql::{Record, some};
use super::{Change, SqliteStore};
use crate::{Claim, ClaimStore, Claimed, Sealed, StoreError, Timestamp};

const WHAT: &str = "claim";

#[async_trait]
impl ClaimStore for SqliteStore {
    async fn claim(&self, claim: &Claim) -> Result<Claimed, StoreError> {
        let mut change = self.change().await?;
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
            Some(row) => judge(self, claim, row)?,
        };
        if claimed == Claimed::Taken {
            insert(self, &mut change, claim).await?;
            change.commit().await.map_err(store_error)?;
        }
        Ok(claimed)
    }

    async fn finish_claim(&self, claim: &Claim, outcome: &Sealed) -> Result<(), StoreError> {
        let update = sqlx::query(
            "UPDATE claims SET key_id = ?, outcome = ?
             WHERE principal = ? AND key = ? AND run = ? AND instance = ? AND outcome IS NULL",
        )
        .bind(&outcome.key_id)
        .bind(&outcome.bytes)
        .bind(&claim.principal)
        .bind(claim.key.as_str())
        .bind(claim.run)
        .bind(self.instance);
        let finished = self.execute(update, store_error).await?;
        some(finished, StoreError::Changed(WHAT))
    }

    async fn release_claim(&self, claim: &Claim) -> Result<(), StoreError> {
        let delete = sqlx::query(
            "DELETE FROM claims
             WHERE principal = ? AND key = ? AND run = ? AND instance = ? AND outcome IS NULL",
        )
        .bind(&claim.principal)
        .bind(claim.key.as_str())
        .bind(claim.run)
        .bind(self.instance);
        let released = self.execute(delete, store_error).await?;
        some(released, StoreError::Changed(WHAT))
    }

    async fn forget_claims(&self, now: Timestamp) -> Result<u64, StoreError> {
        let delete = sqlx::query("DELETE FROM claims WHERE expires_at <= ?").bind(now.as_millis());
        self.execute(delete, store_error).await
    }
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
    .bind(claim.run)
    .bind(claim.repeatable)
    .bind(store.instance)
    .bind(claim.expires_at.as_millis())
    .execute(&mut **change)
    .await
    .map(drop)
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
