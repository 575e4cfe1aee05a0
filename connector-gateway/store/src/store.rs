//! The whole store.

use std::time::Duration;

use async_trait::async_trait;

use crate::{
    ClaimStore, ConnectionStore, EndedConnectionStore, LeaseStore, McpSessionStore,
    OAuthClientStore, OrganizationStore, ProcessStore, ProjectStore, RequestStore, SealedStore,
    StoreError, Timestamp, TokenStore,
};

/// Where a gateway keeps its state. Every method is one transaction; when it returns, the change
/// survives a crash of the process and of the machine.
///
/// Code that uses a store should require only the roles that it needs.
pub trait Store:
    Backend
    + ClaimStore
    + ConnectionStore
    + EndedConnectionStore
    + LeaseStore
    + McpSessionStore
    + OAuthClientStore
    + OrganizationStore
    + ProcessStore
    + ProjectStore
    + RequestStore
    + SealedStore
    + TokenStore
    + 'static
{
}

/// Basic operations of a store.
#[async_trait]
pub trait Backend: Send + Sync {
    /// Returns the present time, by the clock that all processes on the store share.
    fn now(&self) -> Timestamp;

    /// Checks that the store responds within `limit`, for readiness checks.
    async fn ping(&self, limit: Duration) -> Result<(), StoreError>;

    /// Writes what is pending and closes the store.
    async fn close(&self);
}
