//! Idempotency claims.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use sqlx::postgres::PgRow;

use super::error::store_error;
use super::sql::{Record, some};
use super::{PATIENCE, PostgresStore, Shared, lock, within};
use crate::{Claim, ClaimStore, Claimed, Sealed, StoreError, Timestamp};

const WHAT: &str = "claim";

/// How often a claim is made anew whose row went away between two looks.
const ATTEMPTS: u32 = 5;

/// After this long no statement is still under way whose answer did not come.
const SETTLED: Duration = Duration::from_secs(30);

#[async_trait]
impl ClaimStore for PostgresStore {
    async fn claim(&self, claim: &Claim) -> Result<Claimed, StoreError> {
        self.within(take(self, claim)).await
    }

    async fn finish_claim(&self, claim: &Claim, outcome: &Sealed) -> Result<(), StoreError> {
        // Once more with the same outcome is no change: the answer to the first time may have been
        // lost.
        let update = sqlx::query(
            "UPDATE claims SET key_id = $1, outcome = $2
             WHERE principal = $3 AND key = $4 AND run = $5 AND instance = $6
               AND (outcome IS NULL OR (key_id = $1 AND outcome = $2))",
        )
        .bind(&outcome.key_id)
        .bind(&outcome.bytes)
        .bind(&claim.principal)
        .bind(claim.key.as_str().as_bytes())
        .bind(claim.run)
        .bind(self.shared.instance);
        let finished = self.execute(update, store_error).await?;
        some(finished, StoreError::Changed(WHAT))
    }

    async fn release_claim(&self, claim: &Claim) -> Result<(), StoreError> {
        self.within(async {
            let guard = Leftover {
                shared: &self.shared,
                claim: Some(claim),
            };
            let released = delete(&self.shared, self.pool(), claim).await?;
            guard.forget();
            some(released, StoreError::Changed(WHAT))
        })
        .await
    }

    async fn forget_claims(&self, now: Timestamp) -> Result<u64, StoreError> {
        self.within(async {
            let ended =
                "DELETE FROM processes WHERE seen_at < clock_timestamp() - interval '1 day'";
            self.execute(sqlx::query(ended), store_error).await?;
            let delete =
                sqlx::query("DELETE FROM claims WHERE expires_at <= $1").bind(now.as_millis());
            self.execute(delete, store_error).await
        })
        .await
    }
}

async fn take(store: &PostgresStore, claim: &Claim) -> Result<Claimed, StoreError> {
    // If the answer does not come, nobody knows whether the row is there.
    let guard = Leftover {
        shared: &store.shared,
        claim: Some(claim),
    };
    for _ in 0..ATTEMPTS {
        if insert(store, claim).await? {
            guard.forget();
            return Ok(Claimed::Taken);
        }
        if let Some(row) = look(store, claim).await? {
            guard.forget();
            return judge(claim, &row);
        }
    }
    guard.forget();
    Err(StoreError::Unavailable(
        "a claim changes hands all the time".to_owned(),
    ))
}

/// Puts the claim there if the key is free, or an earlier call broke off and may be repeated.
async fn insert(store: &PostgresStore, claim: &Claim) -> Result<bool, StoreError> {
    let taken = sqlx::query(
        "INSERT INTO claims AS held
           (principal, key, fingerprint, run, repeatable, instance, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (principal, key) DO UPDATE SET
           fingerprint = excluded.fingerprint, run = excluded.run,
           repeatable = excluded.repeatable, instance = excluded.instance,
           expires_at = excluded.expires_at, key_id = NULL, outcome = NULL
         WHERE held.expires_at <= $8
           OR (held.outcome IS NULL AND held.repeatable
             AND held.fingerprint = excluded.fingerprint
             AND held.instance <> excluded.instance
             AND NOT EXISTS (SELECT 1 FROM processes WHERE processes.instance = held.instance
               AND seen_at > clock_timestamp() - interval '10 seconds'))",
    )
    .bind(&claim.principal)
    .bind(claim.key.as_str().as_bytes())
    .bind(claim.fingerprint.as_slice())
    .bind(claim.run)
    .bind(claim.repeatable)
    .bind(store.shared.instance)
    .bind(claim.expires_at.as_millis())
    .bind(Timestamp::now().as_millis())
    .execute(store.pool())
    .await
    .map_err(store_error)?;
    Ok(taken.rows_affected() == 1)
}

async fn look(store: &PostgresStore, claim: &Claim) -> Result<Option<PgRow>, StoreError> {
    sqlx::query(
        "SELECT fingerprint, run, repeatable, key_id, outcome,
           instance = $3 OR EXISTS (SELECT 1 FROM processes
             WHERE processes.instance = claims.instance
               AND seen_at > clock_timestamp() - interval '10 seconds') AS held
         FROM claims WHERE principal = $1 AND key = $2",
    )
    .bind(&claim.principal)
    .bind(claim.key.as_str().as_bytes())
    .bind(store.shared.instance)
    .fetch_optional(store.pool())
    .await
    .map_err(store_error)
}

/// Tells what the earlier claim means for this one.
fn judge(claim: &Claim, row: &PgRow) -> Result<Claimed, StoreError> {
    let record = Record { what: WHAT, row };
    let run = record.id("run")?;
    let outcome: Option<Vec<u8>> = record.get("outcome")?;
    if record.hash("fingerprint")? != claim.fingerprint {
        Ok(Claimed::Conflict)
    } else if outcome.is_some() {
        let outcome = record.sealed("key_id", "outcome")?;
        Ok(Claimed::Finished { run, outcome })
    } else if record.get("held")? || record.get("repeatable")? {
        // One that may be repeated was held a moment ago, or it would have been taken over.
        Ok(Claimed::Running)
    } else {
        Ok(Claimed::Lost { run })
    }
}

async fn delete(shared: &Shared, pool: &sqlx::PgPool, claim: &Claim) -> Result<u64, StoreError> {
    sqlx::query(
        "DELETE FROM claims
         WHERE principal = $1 AND key = $2 AND run = $3 AND instance = $4 AND outcome IS NULL",
    )
    .bind(&claim.principal)
    .bind(claim.key.as_str().as_bytes())
    .bind(claim.run)
    .bind(shared.instance)
    .execute(pool)
    .await
    .map(|deleted| deleted.rows_affected())
    .map_err(store_error)
}

/// A claim that nobody holds and that may be in the database, unless this is forgotten. Its key
/// would be in use until this process ends.
struct Leftover<'a> {
    shared: &'a Arc<Shared>,
    claim: Option<&'a Claim>,
}

impl Leftover<'_> {
    fn forget(mut self) {
        self.claim = None;
    }
}

impl Drop for Leftover<'_> {
    fn drop(&mut self) {
        if let Some(claim) = self.claim {
            lock(&self.shared.leftovers).push((claim.clone(), Instant::now()));
        }
    }
}

/// Gives back the keys of calls that were not made because the database did not answer.
pub(super) async fn clean_up(shared: &Shared) {
    let leftovers = std::mem::take(&mut *lock(&shared.leftovers));
    let mut rest = leftovers.into_iter();
    while let Some((claim, since)) = rest.next() {
        let deleted = within(PATIENCE, delete(shared, &shared.service, &claim)).await;
        let again = match deleted {
            Ok(0) => since.elapsed() < SETTLED,
            Ok(_) => false,
            Err(_) => true,
        };
        if again {
            lock(&shared.leftovers).push((claim, since));
        }
        if deleted.is_err() {
            lock(&shared.leftovers).extend(rest);
            return;
        }
    }
}

/// Returns a key as its column has it: as bytes, since a text can't have the character 0.
pub(super) fn key_column(key: &str) -> &[u8] {
    key.as_bytes()
}

/// Reads the column.
pub(super) fn key(record: &Record<'_>) -> Result<String, StoreError> {
    String::from_utf8(record.get("key")?).map_err(|_| record.corrupt("key", "is not UTF-8"))
}
