//! Tokens of callers and the operator.

use async_trait::async_trait;
use uuid::Uuid;

use crate::{Grant, StoreError, Timestamp};

/// The SHA-256 hash of a token.
pub type TokenHash = [u8; 32];

/// A caller's token, without its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Id.
    pub id: Uuid,
    /// Display name.
    pub name: String,
    /// Hash of the token.
    pub hash: TokenHash,
    /// First characters of the token, by which people recognize it.
    pub preview: String,
    /// The grant.
    pub grant: Grant,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it expires.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// The project, if it is a project's key.
    pub project: Option<Uuid>,
}

/// The tokens of callers.
#[async_trait]
pub trait TokenStore: Send + Sync {
    /// Stores a new token.
    async fn create_token(&self, token: &Token) -> Result<(), StoreError>;

    /// Returns a token by its hash, even if it was revoked or has expired.
    async fn token_by_hash(&self, hash: &TokenHash) -> Result<Option<Token>, StoreError>;

    /// Returns a token, even if it was revoked or has expired.
    async fn token(&self, id: Uuid) -> Result<Option<Token>, StoreError>;

    /// Returns all tokens, newest first.
    async fn tokens(&self) -> Result<Vec<Token>, StoreError>;

    /// Replaces name, grant and expiry of the token with this id, and revokes it if `token` is. If
    /// the stored token is no longer `before`, that is [`StoreError::Changed`].
    async fn update_token(&self, before: &Token, token: &Token) -> Result<(), StoreError>;

    /// Returns the hash of the operator's token, if there is one.
    async fn operator_token(&self) -> Result<Option<TokenHash>, StoreError>;

    /// Stores the hash of the operator's token; [`StoreError::Changed`] if there is one.
    async fn set_operator_token(&self, hash: &TokenHash) -> Result<(), StoreError>;
}
