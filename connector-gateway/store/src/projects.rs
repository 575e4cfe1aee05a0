//! Projects and their provider configs.

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
    /// Display name.
    pub display_name: String,
    /// URL prefixes that browsers may return to.
    pub return_uris: Vec<String>,
    /// Incremented with each change; a change names the version that it is based on.
    pub version: i64,
    /// When it was created.
    pub created_at: Timestamp,
}

/// A project's configuration of a connector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderConfig {
    /// Id, random.
    pub id: Uuid,
    /// The project.
    pub project: Uuid,
    /// The connector's name.
    pub connector: String,
    /// Display name.
    pub name: String,
    /// Whether its accounts can be used.
    pub active: bool,
    /// The scopes to request; `None` for the connector's default.
    pub scopes: Option<Vec<String>>,
    /// Incremented with each change; a change names the version that it is based on.
    pub version: i64,
    /// When it was created.
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

    /// Deletes a project with its keys and provider configs, unless it has connections
    /// ([`StoreError::NotEmpty`]).
    async fn delete_project(&self, id: Uuid) -> Result<(), StoreError>;

    /// Stores a new provider config.
    async fn create_provider_config(&self, config: &ProviderConfig) -> Result<(), StoreError>;

    /// Returns a provider config.
    async fn provider_config(&self, id: Uuid) -> Result<Option<ProviderConfig>, StoreError>;

    /// Returns a project's provider configs, oldest first.
    async fn provider_configs(&self, project: Uuid) -> Result<Vec<ProviderConfig>, StoreError>;

    /// Replaces name, scopes and the active flag, if the stored version is `config.version`.
    /// Returns it as stored.
    async fn update_provider_config(
        &self,
        config: &ProviderConfig,
    ) -> Result<ProviderConfig, StoreError>;

    /// Deletes a provider config and its own OAuth client, unless it has connections
    /// ([`StoreError::NotEmpty`]).
    async fn delete_provider_config(&self, id: Uuid) -> Result<(), StoreError>;
}
