//! Tokens of callers, and the operator's.

use async_trait::async_trait;
use uuid::Uuid;

use crate::{Grant, StoreError, Timestamp};

/// The SHA-256 of a token's text.
pub type TokenHash = [u8; 32];

/// A token of a caller, without its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Id.
    pub id: Uuid,
    /// Name for people.
    pub name: String,
    /// Hash of the text.
    pub hash: TokenHash,
    /// First characters of the text, by which people know it again.
    pub preview: String,
    /// What it may do.
    pub grant: Grant,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stops to work.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// The project whose key it is, if it is one.
    pub project: Option<Uuid>,
}

/// The tokens by which callers get in.
#[async_trait]
pub trait TokenStore: Send + Sync {
    /// Stores a new token.
    async fn create_token(&self, token: &Token) -> Result<(), StoreError>;

    /// Finds a token by its hash, revoked and expired ones too.
    async fn token_by_hash(&self, hash: &TokenHash) -> Result<Option<Token>, StoreError>;

    /// Returns all tokens, the newest first.
    async fn tokens(&self) -> Result<Vec<Token>, StoreError>;

    /// Replaces name, grant and expiry of the token with this id, and revokes it if `token` is. If
    /// the stored token is no longer `before`, that is [`StoreError::Changed`]: another process may
    /// have changed it.
    async fn update_token(&self, before: &Token, token: &Token) -> Result<(), StoreError>;

    /// Returns the hash of the operator's token, if one was stored.
    async fn operator_token(&self) -> Result<Option<TokenHash>, StoreError>;

    /// Stores the hash of the operator's token; [`StoreError::Changed`] if there is one.
    async fn set_operator_token(&self, hash: &TokenHash) -> Result<(), StoreError>;
}
