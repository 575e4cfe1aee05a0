//! Leases for the refresh of credentials.

use std::time::Duration;

use async_trait::async_trait;
use uuid::Uuid;

use crate::{Connection, StoreError};

/// The right to refresh a credential for a limited time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lease {
    /// The caller has the lease.
    Taken {
        /// Must be passed to store the new credential.
        fence: i64,
    },
    /// Another holder has it.
    Busy,
    /// The credential has changed, or no longer exists.
    Changed,
}

/// Leases for the refresh of credentials.
#[async_trait]
pub trait LeaseStore: Send + Sync {
    /// Acquires the lease of a connection's credential, if it has this version.
    async fn lease_refresh(
        &self,
        connection: Uuid,
        credential_version: i64,
        span: Duration,
    ) -> Result<Lease, StoreError>;

    /// Stores a refreshed credential: secret, scopes, expiry and status of `connection`, if the
    /// fence is still the lease's and the credential still has `connection.credential_version`;
    /// otherwise that is [`StoreError::Changed`]. Releases the lease. Returns the connection as
    /// stored.
    async fn finish_refresh(
        &self,
        connection: &Connection,
        fence: i64,
    ) -> Result<Connection, StoreError>;

    /// Releases a lease without a new credential, if the caller still has it.
    async fn release_refresh(&self, connection: Uuid, fence: i64) -> Result<(), StoreError>;
}
