//! The key check, and values to reseal with a new key.

use async_trait::async_trait;

use super::super::claims::key_column;
use super::{Record, SqlRow, SqlStore, by_duplicate, claims, name, store_error};
use crate::{FoundSealed, RecordKind, Sealed, SealedPlace, SealedRecord, SealedStore, StoreError};

const CHECK: RecordKind = RecordKind::KeyCheck;

#[async_trait]
impl SealedStore for SqlStore {
    async fn key_check(&self) -> Result<Option<Sealed>, StoreError> {
        let select = sqlx::query("SELECT key_id, sealed FROM key_check");
        let read = |row: &SqlRow| Record { kind: CHECK, row }.sealed("sealed");
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
        limit: usize,
    ) -> Result<Vec<FoundSealed>, StoreError> {
        self.within(async {
            let mut all = Vec::new();
            for (kind, select, place) in SEALED {
                let left = limit.saturating_sub(all.len());
                let select = sqlx::query(select)
                    .bind(current)
                    .bind(i64::try_from(left).unwrap_or(i64::MAX));
                let rows = select.fetch_all(self.reading()).await;
                let rows = rows.map_err(store_error)?;
                all.extend(rows.iter().map(|row| found(&Record { kind, row }, place)));
            }
            Ok(all)
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
            } => update.bind(principal).bind(key_column(key)).bind(run),
            SealedPlace::Check => update,
        };
        let replaced = self.execute(update, store_error).await?;
        Ok(replaced == 1)
    }
}

fn found(record: &Record<'_>, place: Place) -> FoundSealed {
    let read = || {
        Ok(SealedRecord {
            place: place(record)?,
            before: record.sealed("secret")?,
        })
    };
    let read = read();
    FoundSealed {
        name: match &read {
            Ok(read) => read.place.to_string(),
            Err(_) => format!("{} {}", record.kind, name(record.row)),
        },
        key_id: record.get("key_id").ok(),
        record: read,
    }
}

type Place = fn(&Record<'_>) -> Result<SealedPlace, StoreError>;

/// The tables with sealed values, how to select them, and where each value is. Two ranges instead of
/// `<>`, for which there is no index.
const SEALED: [(RecordKind, &str, Place); 3] = [
    (
        RecordKind::Connection,
        "SELECT id, key_id, secret FROM connections WHERE key_id < $1 OR key_id > $1 LIMIT $2",
        |record| Ok(SealedPlace::Connection(record.get("id")?)),
    ),
    (
        RecordKind::OAuthClient,
        "SELECT id, key_id, secret FROM oauth_clients WHERE key_id < $1 OR key_id > $1 LIMIT $2",
        |record| Ok(SealedPlace::OAuthClient(record.get("id")?)),
    ),
    (
        RecordKind::Claim,
        "SELECT principal, key, run, key_id, outcome AS secret FROM claims
         WHERE key_id < $1 OR key_id > $1 LIMIT $2",
        claims::place,
    ),
];
