//! The whole store, and what each one has whatever it keeps.

use std::time::Duration;

use async_trait::async_trait;

use crate::{
    ClaimStore, ConnectionStore, EndedConnectionStore, LeaseStore, McpSessionStore,
    OAuthClientStore, OrganizationStore, ProcessStore, ProjectStore, RequestStore, SealedStore,
    StoreError, Timestamp, TokenStore,
};

/// Where a gateway keeps its state, in all its roles. Every method is one transaction; when it
/// returns, the change survives the end of the process and of the machine.
///
/// Whoever uses a store asks for the roles that it needs. Whatever has all of them is a store.
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

impl<S> Store for S where
    S: Backend
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

/// What holds the records of a store.
#[async_trait]
pub trait Backend: Send + Sync {
    /// Returns the present by the clock that all processes on the store share.
    fn now(&self) -> Timestamp;

    /// Tells whether the store answers, for readiness checks, within `limit`.
    async fn ping(&self, limit: Duration) -> Result<(), StoreError>;

    /// Writes what is pending and closes the store.
    async fn close(&self);
}
