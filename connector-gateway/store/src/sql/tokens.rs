//! Tokens of callers, and the operator's.

use async_trait::async_trait;
use uuid::Uuid;

use super::{Record, SqlRow, SqlStore, by_duplicate, execute, find, json, store_error};
use crate::{RecordKind, StoreError, Timestamp, Token, TokenHash, TokenStore};

/// Listed explicitly: the columns of a prepared statement stay the same when a migration adds
/// others.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, name, hash, preview, granted, created_at, expires_at, revoked_at, project ",
            $rest
        )
    };
}

const KIND: RecordKind = RecordKind::Token;
const OPERATOR: RecordKind = RecordKind::OperatorToken;

#[async_trait]
impl TokenStore for SqlStore {
    async fn create_token(&self, token: &Token) -> Result<(), StoreError> {
        let insert = sqlx::query(
            "INSERT INTO tokens (id, name, hash, preview, granted, created_at, expires_at,
               revoked_at, project)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(token.id)
        .bind(&token.name)
        .bind(token.hash.as_slice())
        .bind(&token.preview)
        .bind(json(KIND, &token.grant)?)
        .bind(token.created_at.as_millis())
        .bind(token.expires_at.map(Timestamp::as_millis))
        .bind(token.revoked_at.map(Timestamp::as_millis))
        .bind(token.project);
        self.execute(insert, store_error).await.map(drop)
    }

    async fn token_by_hash(&self, hash: &TokenHash) -> Result<Option<Token>, StoreError> {
        let select = sqlx::query(select!("FROM tokens WHERE hash = $1")).bind(hash.as_slice());
        self.find(select, read).await
    }

    async fn token(&self, id: Uuid) -> Result<Option<Token>, StoreError> {
        self.find(
            sqlx::query(select!("FROM tokens WHERE id = $1")).bind(id),
            read,
        )
        .await
    }

    async fn tokens(&self) -> Result<Vec<Token>, StoreError> {
        let select = sqlx::query(select!("FROM tokens ORDER BY created_at DESC, id DESC"));
        self.list(KIND, select, read).await
    }

    async fn update_token(&self, before: &Token, token: &Token) -> Result<(), StoreError> {
        self.within(async {
            let mut change = self.change().await?;
            let select = concat!(select!("FROM tokens WHERE id = $1"), for_update!());
            let stored = find(&mut *change, sqlx::query(select).bind(token.id), read).await?;
            if stored.ok_or(StoreError::NotFound(KIND))? != *before {
                return Err(StoreError::Changed(KIND));
            }
            let update = sqlx::query(
                "UPDATE tokens SET name = $1, granted = $2, expires_at = $3, revoked_at = $4
                 WHERE id = $5",
            )
            .bind(&token.name)
            .bind(json(KIND, &token.grant)?)
            .bind(token.expires_at.map(Timestamp::as_millis))
            .bind(token.revoked_at.map(Timestamp::as_millis))
            .bind(token.id);
            execute(&mut change, update).await?;
            change.commit().await.map_err(store_error)
        })
        .await
    }

    async fn operator_token(&self) -> Result<Option<TokenHash>, StoreError> {
        let select = sqlx::query("SELECT hash FROM operator_token");
        let read = |row: &SqlRow| {
            let kind = OPERATOR;
            Record { kind, row }.get("hash")
        };
        self.find(select, read).await
    }

    async fn set_operator_token(&self, hash: &TokenHash) -> Result<(), StoreError> {
        let insert = sqlx::query("INSERT INTO operator_token (only_row, hash) VALUES (1, $1)")
            .bind(hash.as_slice());
        let taken = by_duplicate(StoreError::Changed(OPERATOR));
        self.execute(insert, taken).await.map(drop)
    }
}

reads! {
    KIND => Token { id, name, hash, preview, created_at, expires_at, revoked_at, project }
    |record| { grant: record.json("granted")? }
}
