//! What the vault asks: the key check, and values to be sealed anew.

use async_trait::async_trait;

use super::{Record, SqlRow, SqlStore, by_duplicate, claims, store_error};
use crate::{Sealed, SealedPlace, SealedRecord, SealedStore, StoreError};

const CHECK: &str = "key check";

#[async_trait]
impl SealedStore for SqlStore {
    async fn key_check(&self) -> Result<Option<Sealed>, StoreError> {
        let select = sqlx::query("SELECT key_id, sealed FROM key_check");
        let read = |row: &SqlRow| Record { what: CHECK, row }.sealed("key_id", "sealed");
        self.find(select, read).await
    }

    async fn set_key_check(&self, check: &Sealed) -> Result<(), StoreError> {
        let insert = "INSERT INTO key_check (only_row, key_id, sealed) VALUES (1, $1, $2)";
        let insert = sqlx::query(insert).bind(&check.key_id).bind(&check.bytes);
        let taken = by_duplicate(StoreError::Changed(CHECK));
        self.execute(insert, taken).await.map(drop)
    }

    async fn sealed_with_other_keys(
        &self,
        current: &str,
        limit: u32,
    ) -> Result<Vec<SealedRecord>, StoreError> {
        self.within(async {
            let mut records = Vec::new();
            let limit = usize::try_from(limit).unwrap_or(usize::MAX);
            for (what, select, place) in SEALED {
                let left = limit.saturating_sub(records.len());
                let select = sqlx::query(select)
                    .bind(current)
                    .bind(i64::try_from(left).unwrap_or(i64::MAX));
                let read = |row: &SqlRow| {
                    let record = Record { what, row };
                    Ok(SealedRecord {
                        place: place(&record)?,
                        before: record.sealed("key_id", "secret")?,
                    })
                };
                records.extend(self.list(what, select, read).await?);
            }
            Ok(records)
        })
        .await
    }

    async fn reseal(&self, record: &SealedRecord, sealed: &Sealed) -> Result<bool, StoreError> {
        let update = sqlx::query(match record.place {
            SealedPlace::Connection(_) => {
                "UPDATE connections SET key_id = $1, secret = $2, version = version + 1
                 WHERE key_id = $3 AND secret = $4 AND id = $5"
            }
            SealedPlace::OAuthClient(_) => {
                "UPDATE oauth_clients SET key_id = $1, secret = $2
                 WHERE key_id = $3 AND secret = $4 AND id = $5"
            }
            SealedPlace::Claim { .. } => {
                "UPDATE claims SET key_id = $1, outcome = $2
                 WHERE key_id = $3 AND outcome = $4 AND principal = $5 AND key = $6 AND run = $7"
            }
            SealedPlace::Check => {
                "UPDATE key_check SET key_id = $1, sealed = $2 WHERE key_id = $3 AND sealed = $4"
            }
        })
        .bind(&sealed.key_id)
        .bind(&sealed.bytes)
        .bind(&record.before.key_id)
        .bind(&record.before.bytes);
        let update = match &record.place {
            SealedPlace::Connection(id) | SealedPlace::OAuthClient(id) => update.bind(id),
            SealedPlace::Claim {
                principal,
                key,
                run,
            } => update
                .bind(principal)
                .bind(claims::key_column(key))
                .bind(run),
            SealedPlace::Check => update,
        };
        let replaced = self.execute(update, store_error).await?;
        Ok(replaced == 1)
    }
}

type Place = fn(&Record<'_>) -> Result<SealedPlace, StoreError>;

/// What may be sealed with other keys, how it is found, and where it is. Two ranges instead of `<>`,
/// which no index helps.
const SEALED: [(&str, &str, Place); 3] = [
    (
        "connection",
        "SELECT id, key_id, secret FROM connections WHERE key_id < $1 OR key_id > $1 LIMIT $2",
        |record| Ok(SealedPlace::Connection(record.id("id")?)),
    ),
    (
        "OAuth client",
        "SELECT id, key_id, secret FROM oauth_clients WHERE key_id < $1 OR key_id > $1 LIMIT $2",
        |record| Ok(SealedPlace::OAuthClient(record.id("id")?)),
    ),
    (
        "claim",
        "SELECT principal, key, run, key_id, outcome AS secret FROM claims
         WHERE key_id < $1 OR key_id > $1 LIMIT $2",
        |record| {
            Ok(SealedPlace::Claim {
                principal: record.get("principal")?,
                key: claims::key(record)?,
                run: record.id("run")?,
            })
        },
    ),
];
