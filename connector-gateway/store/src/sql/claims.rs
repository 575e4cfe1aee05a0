//! Idempotency claims.

use async_trait::async_trait;
use uuid::Uuid;

use super::super::claims::{Pending, key_column, read_key};
use super::{Record, SqlRow, SqlStore, Statement, some, store_error};
use crate::{
    Claim, ClaimResult, ClaimRoom, ClaimStore, RecordKind, Sealed, SealedPlace, StoreError,
    Timestamp,
};

const KIND: RecordKind = RecordKind::Claim;

/// How often to try to claim a key whose row disappears between two statements.
const ATTEMPTS: u32 = 5;

#[async_trait]
impl ClaimStore for SqlStore {
    async fn claim(&self, claim: &Claim, room: ClaimRoom) -> Result<ClaimResult, StoreError> {
        self.within(take(self, claim, room)).await
    }

    async fn take_over_claim(&self, claim: &Claim, earlier: Uuid) -> Result<bool, StoreError> {
        // If the response is lost, the key stays in use until this process ends: the row must not be
        // deleted, as the earlier call may have taken effect.
        let update = sqlx::query(concat!(
            "UPDATE claims
             SET run = $1, instance = $2, expires_at = $3, ends_by = $8, key_id = NULL, outcome = NULL
             WHERE principal = $4 AND key = $5 AND run = $6 AND fingerprint = $7
               AND (outcome IS NOT NULL OR (instance <> $2 AND NOT ",
            is_running!("claims"),
            "))",
        ))
        .bind(claim.run)
        .bind(self.instance())
        .bind(claim.expires_at.as_millis())
        .bind(&claim.principal)
        .bind(key_column(claim.key.as_str()))
        .bind(earlier)
        .bind(claim.fingerprint.as_slice())
        .bind(claim.ends_by.map(Timestamp::as_millis));
        Ok(self.execute(update, store_error).await? == 1)
    }

    async fn finish_claim(&self, claim: &Claim, outcome: &Sealed) -> Result<(), StoreError> {
        // Idempotent, since the first response may have been lost.
        let update = sqlx::query(
            "UPDATE claims SET key_id = $1, outcome = $2
             WHERE principal = $3 AND key = $4 AND run = $5 AND instance = $6
               AND (outcome IS NULL OR (key_id = $1 AND outcome = $2))",
        )
        .bind(&outcome.key_id)
        .bind(&outcome.bytes)
        .bind(&claim.principal)
        .bind(key_column(claim.key.as_str()))
        .bind(claim.run)
        .bind(self.instance());
        let finished = self.execute(update, store_error).await?;
        some(finished, StoreError::Changed(KIND))?;
        let bytes = outcome.bytes.len();
        self.claim_counts().add_outcome(&claim.principal, bytes);
        Ok(())
    }

    async fn release_claim(&self, claim: &Claim) -> Result<(), StoreError> {
        let pending = Pending::new(self, claim);
        let delete = release(claim, self.instance());
        let released = self.execute(delete, store_error).await?;
        pending.settle();
        some(released, StoreError::Changed(KIND))?;
        self.claim_counts().remove(&claim.principal);
        Ok(())
    }

    async fn forget_claims(&self, now: Timestamp) -> Result<u64, StoreError> {
        let delete = sqlx::query("DELETE FROM claims WHERE expires_at <= $1").bind(now.as_millis());
        let deleted = self.execute(delete, store_error).await;
        self.claim_counts().forget();
        deleted
    }
}

/// Deletes a claim that has no outcome.
pub(crate) fn release(claim: &Claim, instance: Uuid) -> Statement<'static> {
    sqlx::query(
        "DELETE FROM claims
         WHERE principal = $1 AND key = $2 AND run = $3 AND instance = $4 AND outcome IS NULL",
    )
    .bind(&claim.principal)
    .bind(key_column(claim.key.as_str()))
    .bind(claim.run)
    .bind(instance)
}

async fn take(store: &SqlStore, claim: &Claim, room: ClaimRoom) -> Result<ClaimResult, StoreError> {
    let counts = store.claim_counts();
    if !counts.knows(&claim.principal) {
        counts.learn(&claim.principal, count(store, &claim.principal).await?);
    }
    let reserved = match counts.reserve(&claim.principal, room) {
        Ok(reserved) => Some(reserved),
        // A known key needs no room.
        Err(_) if find(store, claim).await?.is_some() => None,
        Err(error) => return Err(error),
    };
    let pending = Pending::new(store, claim);
    for _ in 0..ATTEMPTS {
        if insert(store, claim).await? {
            pending.settle();
            if let Some(reserved) = reserved {
                reserved.keep();
            }
            return Ok(ClaimResult::Claimed);
        }
        if let Some(row) = find(store, claim).await? {
            pending.settle();
            return judge(claim, &row);
        }
    }
    pending.settle();
    Err(StoreError::Unavailable(
        "other processes keep claiming and releasing this key".to_owned(),
    ))
}

async fn count(store: &SqlStore, principal: &str) -> Result<ClaimRoom, StoreError> {
    let select = "SELECT count(*), CAST(coalesce(sum(length(outcome)), 0) AS BIGINT)
                  FROM claims WHERE principal = $1";
    let (keys, bytes): (i64, i64) = sqlx::query_as(select)
        .bind(principal)
        .fetch_one(store.reading())
        .await
        .map_err(store_error)?;
    Ok(ClaimRoom {
        keys: usize::try_from(keys).unwrap_or_default(),
        bytes: usize::try_from(bytes).unwrap_or_default(),
    })
}

/// Inserts the claim if the key is free, or its earlier call was interrupted and may be repeated.
async fn insert(store: &SqlStore, claim: &Claim) -> Result<bool, StoreError> {
    let insert = sqlx::query(concat!(
        "INSERT INTO claims AS held
           (principal, key, fingerprint, run, repeatable, instance, expires_at, started_at, ends_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (principal, key) DO UPDATE SET
           fingerprint = excluded.fingerprint, run = excluded.run,
           repeatable = excluded.repeatable, instance = excluded.instance,
           expires_at = excluded.expires_at, started_at = excluded.started_at,
           ends_by = excluded.ends_by, key_id = NULL, outcome = NULL
         WHERE held.expires_at <= $10
           OR (held.outcome IS NULL AND held.repeatable
             AND held.fingerprint = excluded.fingerprint
             AND held.instance <> excluded.instance
             AND NOT ",
        is_running!("held"),
        ")",
    ))
    .bind(&claim.principal)
    .bind(key_column(claim.key.as_str()))
    .bind(claim.fingerprint.as_slice())
    .bind(claim.run)
    .bind(claim.repeatable)
    .bind(store.instance())
    .bind(claim.expires_at.as_millis())
    .bind(claim.started_at.as_millis())
    .bind(claim.ends_by.map(Timestamp::as_millis))
    .bind(Timestamp::now().as_millis())
    .execute(store.writing())
    .await
    .map_err(store_error)?;
    Ok(insert.rows_affected() == 1)
}

async fn find(store: &SqlStore, claim: &Claim) -> Result<Option<SqlRow>, StoreError> {
    sqlx::query(concat!(
        "SELECT fingerprint, run, repeatable, started_at, key_id, outcome, instance = $3 OR ",
        is_running!("claims"),
        " AS held FROM claims WHERE principal = $1 AND key = $2",
    ))
    .bind(&claim.principal)
    .bind(key_column(claim.key.as_str()))
    .bind(store.instance())
    .fetch_optional(store.reading())
    .await
    .map_err(store_error)
}

/// Returns what an earlier claim means for this call.
fn judge(claim: &Claim, row: &SqlRow) -> Result<ClaimResult, StoreError> {
    let record = Record { kind: KIND, row };
    let (run, started_at) = (record.get("run")?, record.get("started_at")?);
    if record.get::<[u8; 32]>("fingerprint")? != claim.fingerprint {
        return Ok(ClaimResult::Conflict);
    }
    if let Some(outcome) = record.optional_sealed("outcome")? {
        return Ok(ClaimResult::Finished {
            run,
            started_at,
            outcome,
        });
    }
    // It was held a moment ago, or this call would have it now.
    if record.get("held")? || record.get("repeatable")? {
        return Ok(ClaimResult::Running);
    }
    Ok(ClaimResult::Lost { run, started_at })
}

/// Reads the place of an outcome.
pub(super) fn place(record: &Record<'_>) -> Result<SealedPlace, StoreError> {
    Ok(SealedPlace::Claim {
        principal: record.get("principal")?,
        key: read_key(record)?,
        run: record.get("run")?,
    })
}
