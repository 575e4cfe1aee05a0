//! Organizations, managed by the operator.

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::Serialize;

use crate::{StoreError, Timestamp};

/// An organization.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Organization {
    /// Name: letters, digits, `_` and `-`.
    pub name: String,
    /// When it was created.
    pub created_at: Timestamp,
}

/// The operator's organizations.
#[async_trait]
pub trait OrganizationStore: Send + Sync {
    /// Stores a new organization, unless a token names it that is not revoked
    /// ([`StoreError::Named`]): one of an earlier organization of this name.
    async fn create_organization(&self, organization: &Organization) -> Result<(), StoreError>;

    /// Returns all organizations by name.
    async fn organizations(&self) -> Result<Vec<Organization>, StoreError>;

    /// Deletes an organization without connections, and withdraws its open requests to connect. The
    /// default one can't be deleted ([`StoreError::NotEmpty`]).
    async fn delete_organization(&self, name: &str) -> Result<(), StoreError>;
}
