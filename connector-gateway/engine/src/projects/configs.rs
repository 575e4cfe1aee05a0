//! Provider configs: how projects use connectors.

use plugwright_sdk::host::Faults;
use plugwright_sdk::{ActionError, ErrorCode, Patch};
use plugwright_store::{ProviderConfig, RecordKind, StoreError, Timestamp};
use uuid::Uuid;

use super::{Projects, check};
use crate::concurrent::Attempts;
use crate::tokens::valid;

/// A provider config to create. What could not be parsed is `None` and among the faults.
#[derive(Debug, Default)]
pub struct NewConfig {
    /// The connector's name.
    pub connector: Option<String>,
    /// The name; `None` uses the connector's display name.
    pub name: Option<String>,
    /// Requested scopes; `None` uses the connector's.
    pub scopes: Option<Vec<String>>,
    /// Whether it can be used; `None` is true.
    pub active: Option<bool>,
}

/// Changes to a provider config.
#[derive(Debug, Default)]
pub struct ConfigChange {
    /// Another name.
    pub name: Option<String>,
    /// Requested scopes.
    pub scopes: Patch<Vec<String>>,
    /// Whether it can be used.
    pub active: Option<bool>,
}

impl Projects<'_> {
    /// Creates a provider config. `faults` are those found while parsing.
    pub async fn create_config(
        &self,
        project: Uuid,
        new: NewConfig,
        mut faults: Faults,
    ) -> Result<ProviderConfig, ActionError> {
        let project = self.project(project).await?;
        check::shown_name("name", new.name.as_deref(), &mut faults);
        let connector = new
            .connector
            .and_then(|name| check::connector(self.registry, &name, &mut faults));
        let scopes = connector
            .zip(new.scopes)
            .map(|(connector, scopes)| check::scopes(connector, &scopes, &mut faults));
        let connector = valid(faults, connector)?;
        let config = ProviderConfig {
            id: Uuid::new_v4(),
            project: project.id,
            connector: connector.name().to_owned(),
            name: new
                .name
                .unwrap_or_else(|| connector.display_name().to_owned()),
            active: new.active.unwrap_or(true),
            scopes,
            version: 1,
            created_at: Timestamp::now(),
        };
        match self.store.create_provider_config(&config).await {
            Err(StoreError::NotFound(_)) => Err(RecordKind::Project.missing(project.id)),
            Err(error) => Err(error.into()),
            Ok(()) => Ok(config),
        }
    }

    /// Returns a project's provider configs, oldest first.
    pub async fn configs(&self, project: Uuid) -> Result<Vec<ProviderConfig>, ActionError> {
        let project = self.project(project).await?;
        Ok(self.store.provider_configs(project.id).await?)
    }

    /// Finds a provider config.
    pub async fn config(&self, id: Uuid) -> Result<ProviderConfig, ActionError> {
        let found = self.store.provider_config(id).await?;
        found.ok_or_else(|| RecordKind::ProviderConfig.missing(id))
    }

    /// Changes a provider config, starting over if it was changed concurrently.
    pub async fn change_config(
        &self,
        id: Uuid,
        change: ConfigChange,
        mut faults: Faults,
    ) -> Result<ProviderConfig, ActionError> {
        let config = self.config(id).await?;
        check::shown_name("name", change.name.as_deref(), &mut faults);
        let scopes = match change.scopes {
            Patch::Keep => Patch::Keep,
            Patch::Clear => Patch::Clear,
            Patch::Set(given) => check::connector(self.registry, &config.connector, &mut faults)
                .map_or(Patch::Keep, |connector| {
                    Patch::Set(check::scopes(connector, &given, &mut faults))
                }),
        };
        valid(faults, Some(()))?;
        let mut attempts = Attempts::default();
        let changed = loop {
            let mut config = self.config(id).await?;
            if let Some(name) = &change.name {
                config.name.clone_from(name);
            }
            match &scopes {
                Patch::Keep => {}
                Patch::Clear => config.scopes = None,
                Patch::Set(scopes) => config.scopes = Some(scopes.clone()),
            }
            config.active = change.active.unwrap_or(config.active);
            let changed = self.store.update_provider_config(&config).await;
            if !attempts.go_on(&changed) {
                break changed;
            }
        };
        match changed {
            Err(StoreError::NotFound(_)) => Err(RecordKind::ProviderConfig.missing(id)),
            other => Ok(other?),
        }
    }

    /// Deletes a provider config and its own OAuth client, unless it has connections.
    pub async fn delete_config(&self, id: Uuid) -> Result<(), ActionError> {
        match self.store.delete_provider_config(id).await {
            Err(StoreError::NotFound(_)) => Err(RecordKind::ProviderConfig.missing(id)),
            Err(StoreError::NotEmpty) => Err(ActionError::new(
                ErrorCode::Conflict,
                format!(
                    "the provider config `{id}` still has connections of end users; delete them first, or make it inactive"
                ),
            )),
            other => Ok(other?),
        }
    }
}
