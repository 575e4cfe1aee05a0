//! Leases for the refresh of credentials.

use std::time::Duration;

use async_trait::async_trait;
use uuid::Uuid;

use crate::{Connection, StoreError};

/// The right to refresh a credential, for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lease {
    /// It is the caller's.
    Taken {
        /// Proves it when the new credential is stored.
        fence: i64,
    },
    /// Another holder has it.
    Busy,
    /// The credential is another by now, or there is none any more.
    Changed,
}

/// Who refreshes which credential, and what comes of it.
#[async_trait]
pub trait LeaseStore: Send + Sync {
    /// Takes the right to refresh the credential of a connection, if that has this version.
    async fn lease_refresh(
        &self,
        connection: Uuid,
        credential_version: i64,
        span: Duration,
    ) -> Result<Lease, StoreError>;

    /// Stores a refreshed credential: secret, scopes, expiry and status of `connection`, if the
    /// fence is still the lease's and the credential is still of `connection.credential_version`;
    /// otherwise that is [`StoreError::Changed`]. The lease ends. Returns the connection as stored.
    async fn finish_refresh(
        &self,
        connection: &Connection,
        fence: i64,
    ) -> Result<Connection, StoreError>;

    /// Ends a lease without a new credential, if it is still the caller's.
    async fn release_refresh(&self, connection: Uuid, fence: i64) -> Result<(), StoreError>;
}
