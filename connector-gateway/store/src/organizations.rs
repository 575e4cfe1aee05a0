//! Organizations of the operator.

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::Serialize;

use crate::{StoreError, Timestamp};

/// An organization of the operator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Organization {
    /// Name: letters, digits, `_` and `-`.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// The organizations of the operator.
#[async_trait]
pub trait OrganizationStore: Send + Sync {
    /// Stores a new organization.
    async fn create_organization(&self, organization: &Organization) -> Result<(), StoreError>;

    /// Returns all organizations by name.
    async fn organizations(&self) -> Result<Vec<Organization>, StoreError>;

    /// Deletes an organization that has no connections. The default one stays
    /// ([`StoreError::NotEmpty`]).
    async fn delete_organization(&self, name: &str) -> Result<(), StoreError>;
}
