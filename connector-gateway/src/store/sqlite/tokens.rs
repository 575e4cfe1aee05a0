//! Tokens of callers, and the operator's.

use sqlx::sqlite::SqliteRow;

use super::SqliteStore;
use super::error::{is_duplicate, store_error};
use super::row::Record;
use crate::principal::Grant;
use crate::store::{StoreError, Token, TokenHash};
use crate::time::Timestamp;

const WHAT: &str = "token";
const OPERATOR: &str = "operator's token";

pub(super) async fn create(store: &SqliteStore, token: &Token) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO tokens (id, name, hash, preview, granted, created_at, expires_at, revoked_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(token.id.as_bytes().as_slice())
    .bind(&token.name)
    .bind(token.hash.as_slice())
    .bind(&token.preview)
    .bind(granted(&token.grant)?)
    .bind(token.created_at.as_millis())
    .bind(token.expires_at.map(Timestamp::as_millis))
    .bind(token.revoked_at.map(Timestamp::as_millis))
    .execute(&store.writer)
    .await
    .map(drop)
    .map_err(store_error)
}

pub(super) async fn by_hash(
    store: &SqliteStore,
    hash: &TokenHash,
) -> Result<Option<Token>, StoreError> {
    sqlx::query("SELECT * FROM tokens WHERE hash = ?")
        .bind(hash.as_slice())
        .fetch_optional(&store.readers)
        .await
        .map_err(store_error)?
        .as_ref()
        .map(read)
        .transpose()
}

pub(super) async fn all(store: &SqliteStore) -> Result<Vec<Token>, StoreError> {
    sqlx::query("SELECT * FROM tokens ORDER BY created_at DESC, rowid DESC")
        .fetch_all(&store.readers)
        .await
        .map_err(store_error)?
        .iter()
        .map(read)
        .collect()
}

pub(super) async fn update(
    store: &SqliteStore,
    before: &Token,
    token: &Token,
) -> Result<(), StoreError> {
    let mut change = store.change().await?;
    let row = sqlx::query("SELECT * FROM tokens WHERE id = ?")
        .bind(token.id.as_bytes().as_slice())
        .fetch_optional(&mut *change)
        .await
        .map_err(store_error)?
        .ok_or(StoreError::NotFound(WHAT))?;
    if read(&row)? != *before {
        return Err(StoreError::Changed(WHAT));
    }
    sqlx::query(
        "UPDATE tokens SET name = ?, granted = ?, expires_at = ?, revoked_at = ? WHERE id = ?",
    )
    .bind(&token.name)
    .bind(granted(&token.grant)?)
    .bind(token.expires_at.map(Timestamp::as_millis))
    .bind(token.revoked_at.map(Timestamp::as_millis))
    .bind(token.id.as_bytes().as_slice())
    .execute(&mut *change)
    .await
    .map_err(store_error)?;
    change.commit().await.map_err(store_error)
}

pub(super) async fn operator(store: &SqliteStore) -> Result<Option<TokenHash>, StoreError> {
    sqlx::query("SELECT hash FROM operator_token")
        .fetch_optional(&store.readers)
        .await
        .map_err(store_error)?
        .map(|row| {
            Record {
                what: OPERATOR,
                row: &row,
            }
            .hash("hash")
        })
        .transpose()
}

pub(super) async fn set_operator(store: &SqliteStore, hash: &TokenHash) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO operator_token (only_row, hash) VALUES (1, ?)")
        .bind(hash.as_slice())
        .execute(&store.writer)
        .await
        .map(drop)
        .map_err(|error| {
            if is_duplicate(&error) {
                StoreError::Changed(OPERATOR)
            } else {
                store_error(error)
            }
        })
}

fn granted(grant: &Grant) -> Result<String, StoreError> {
    serde_json::to_string(grant).map_err(|error| StoreError::Corrupt {
        what: WHAT,
        reason: error.to_string(),
    })
}

fn read(row: &SqliteRow) -> Result<Token, StoreError> {
    let record = Record { what: WHAT, row };
    Ok(Token {
        id: record.id("id")?,
        name: record.get("name")?,
        hash: record.hash("hash")?,
        preview: record.get("preview")?,
        grant: record.json("granted")?,
        created_at: record.time("created_at")?,
        expires_at: record.optional_time("expires_at")?,
        revoked_at: record.optional_time("revoked_at")?,
    })
}
