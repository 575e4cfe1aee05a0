//! Tokens of callers, and the operator's.

use super::error::{is_duplicate, store_error};
use super::row::{Record, readable};
use super::{SqlRow, SqlStore};
use crate::store::json;
use crate::{StoreError, Timestamp, Token, TokenHash};

/// Named one by one: a statement that was prepared keeps its columns when a migration adds others.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, name, hash, preview, granted, created_at, expires_at, revoked_at, project ",
            $rest
        )
    };
}

const WHAT: &str = "token";
const OPERATOR: &str = "operator's token";

pub(super) async fn create(store: &SqlStore, token: &Token) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO tokens (id, name, hash, preview, granted, created_at, expires_at, revoked_at,
           project)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(token.id)
    .bind(&token.name)
    .bind(token.hash.as_slice())
    .bind(&token.preview)
    .bind(json(WHAT, &token.grant)?)
    .bind(token.created_at.as_millis())
    .bind(token.expires_at.map(Timestamp::as_millis))
    .bind(token.revoked_at.map(Timestamp::as_millis))
    .bind(token.project)
    .execute(store.writing())
    .await
    .map(drop)
    .map_err(store_error)
}

pub(super) async fn by_hash(
    store: &SqlStore,
    hash: &TokenHash,
) -> Result<Option<Token>, StoreError> {
    sqlx::query(select!("FROM tokens WHERE hash = $1"))
        .bind(hash.as_slice())
        .fetch_optional(store.reading())
        .await
        .map_err(store_error)?
        .as_ref()
        .map(read)
        .transpose()
}

pub(super) async fn all(store: &SqlStore) -> Result<Vec<Token>, StoreError> {
    sqlx::query(select!("FROM tokens ORDER BY created_at DESC, id DESC"))
        .fetch_all(store.reading())
        .await
        .map_err(store_error)
        .map(|rows| readable(WHAT, &rows, read))
}

pub(super) async fn update(
    store: &SqlStore,
    before: &Token,
    token: &Token,
) -> Result<(), StoreError> {
    let mut change = store.change().await?;
    let row = sqlx::query(concat!(select!("FROM tokens WHERE id = $1"), for_update!()))
        .bind(token.id)
        .fetch_optional(&mut *change)
        .await
        .map_err(store_error)?
        .ok_or(StoreError::NotFound(WHAT))?;
    if read(&row)? != *before {
        return Err(StoreError::Changed(WHAT));
    }
    sqlx::query(
        "UPDATE tokens SET name = $1, granted = $2, expires_at = $3, revoked_at = $4 WHERE id = $5",
    )
    .bind(&token.name)
    .bind(json(WHAT, &token.grant)?)
    .bind(token.expires_at.map(Timestamp::as_millis))
    .bind(token.revoked_at.map(Timestamp::as_millis))
    .bind(token.id)
    .execute(&mut *change)
    .await
    .map_err(store_error)?;
    change.commit().await.map_err(store_error)
}

pub(super) async fn operator(store: &SqlStore) -> Result<Option<TokenHash>, StoreError> {
    sqlx::query("SELECT hash FROM operator_token")
        .fetch_optional(store.reading())
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

pub(super) async fn set_operator(store: &SqlStore, hash: &TokenHash) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO operator_token (only_row, hash) VALUES (1, $1)")
        .bind(hash.as_slice())
        .execute(store.writing())
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

fn read(row: &SqlRow) -> Result<Token, StoreError> {
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
        project: record.optional_id("project")?,
    })
}
