//! Projects and how they use connectors.

use async_trait::async_trait;
use uuid::Uuid;

use crate::{StoreError, Timestamp};

/// A product of the operator's whose end users connect accounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    /// Id, random.
    pub id: Uuid,
    /// Name: letters, digits, `_` and `-`.
    pub name: String,
    /// What its end users know it by.
    pub display_name: String,
    /// Where browsers may be sent back to: each is a URL that the address must begin with.
    pub return_uris: Vec<String>,
    /// Grows with each change; a change states the version that it saw.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
}

/// How a project uses a connector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderConfig {
    /// Id, random.
    pub id: Uuid,
    /// The project.
    pub project: Uuid,
    /// The connector's name.
    pub connector: String,
    /// What the operator calls it.
    pub name: String,
    /// Whether its accounts can be used.
    pub active: bool,
    /// The scopes to ask for; `None` is as the connector says.
    pub scopes: Option<Vec<String>>,
    /// Grows with each change; a change states the version that it saw.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Projects and their provider configs.
#[async_trait]
pub trait ProjectStore: Send + Sync {
    /// Stores a new project.
    async fn create_project(&self, project: &Project) -> Result<(), StoreError>;

    /// Returns a project.
    async fn project(&self, id: Uuid) -> Result<Option<Project>, StoreError>;

    /// Returns all projects by name.
    async fn projects(&self) -> Result<Vec<Project>, StoreError>;

    /// Replaces name, display name and return URIs, if the stored version is `project.version`.
    /// Returns it as stored.
    async fn update_project(&self, project: &Project) -> Result<Project, StoreError>;

    /// Deletes a project with its keys and provider configs; one that has connections stays
    /// ([`StoreError::NotEmpty`]).
    async fn delete_project(&self, id: Uuid) -> Result<(), StoreError>;

    /// Stores a new provider config.
    async fn create_provider_config(&self, config: &ProviderConfig) -> Result<(), StoreError>;

    /// Returns a provider config.
    async fn provider_config(&self, id: Uuid) -> Result<Option<ProviderConfig>, StoreError>;

    /// Returns a project's provider configs, the oldest first.
    async fn provider_configs(&self, project: Uuid) -> Result<Vec<ProviderConfig>, StoreError>;

    /// Replaces name, scopes and whether it is active, if the stored version is `config.version`.
    /// Returns it as stored.
    async fn update_provider_config(
        &self,
        config: &ProviderConfig,
    ) -> Result<ProviderConfig, StoreError>;

    /// Deletes a provider config and its own OAuth client; one that has connections stays
    /// ([`StoreError::NotEmpty`]).
    async fn delete_provider_config(&self, id: Uuid) -> Result<(), StoreError>;
}
