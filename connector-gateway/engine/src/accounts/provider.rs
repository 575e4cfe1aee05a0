//! Selects one of a project's provider configs.

use std::sync::Arc;

use plugwright_sdk::ActionError;
use plugwright_sdk::host::{Connector, Echo, Fault, nearest};
use plugwright_store::{Connection, ProviderConfig, Selection};
use uuid::Uuid;

use super::{AccountError, Accounts};
use crate::call::ConnectionSelector;
use crate::catalog::near;

/// How a caller names a provider config.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProviderSelector {
    /// By its id.
    Config(String),
    /// By its connector.
    Service(String),
}

/// An active provider config with its connector.
#[derive(Debug)]
pub struct Provider {
    /// The provider config.
    pub config: ProviderConfig,
    /// Its connector.
    pub connector: Connector,
}

impl Accounts<'_> {
    /// Returns the project's provider configs, the oldest first.
    pub(super) async fn configs(&self) -> Result<Arc<Vec<ProviderConfig>>, ActionError> {
        let storage = self.connect.storage;
        let found = storage
            .directory
            .provider_configs(&*storage.store, self.project);
        Ok(found.await?.unwrap_or_default())
    }

    /// Returns the selected provider config.
    pub async fn provider(&self, selector: &ProviderSelector) -> Result<Provider, AccountError> {
        let configs = self.configs().await?;
        let config = match selector {
            ProviderSelector::Config(id) => active(by_id(&configs, id)?)?,
            ProviderSelector::Service(service) => {
                let active = self.of_service(&configs, service)?;
                match active[..] {
                    [config] => config,
                    _ => {
                        return Err(AccountError::Ambiguous {
                            service: service.clone(),
                            ids: active.iter().map(|config| config.id.to_string()).collect(),
                        });
                    }
                }
            }
        };
        Ok(Provider {
            connector: self.connector(&config.connector)?.clone(),
            config: config.clone(),
        })
    }

    /// Returns the provider configs whose accounts a user's call may use: the selected one, or all
    /// active ones. Fails if the call names an account of an inactive one.
    pub async fn usable(
        &self,
        selector: Option<&ProviderSelector>,
        connector: &str,
        user: &str,
        account: &ConnectionSelector,
    ) -> Result<Vec<Uuid>, AccountError> {
        let configs = self.configs().await?;
        let Some(ProviderSelector::Config(id)) = selector else {
            let active = self.of_service(&configs, connector)?;
            let inactive =
                |config: &&ProviderConfig| config.connector == connector && !config.active;
            if configs.iter().any(|config| inactive(&config))
                && let Some(account) = self.named(connector, user, account).await?
                && let Some(config) = configs
                    .iter()
                    .filter(inactive)
                    .find(|config| account.provider_config == Some(config.id))
            {
                return Err(AccountError::NotReady(config.id.to_string()));
            }
            return Ok(active.iter().map(|config| config.id).collect());
        };
        let config = by_id(&configs, id)?;
        if config.connector != connector {
            let message = format!(
                "is a provider config of `{}`, and the action is one of `{connector}`",
                config.connector
            );
            let param = "providerConfigId".to_owned();
            return Err(ActionError::invalid(Fault { param, message }).into());
        }
        Ok(vec![active(config)?.id])
    }

    async fn named(
        &self,
        connector: &str,
        user: &str,
        account: &ConnectionSelector,
    ) -> Result<Option<Arc<Connection>>, ActionError> {
        let storage = self.connect.storage;
        let (directory, store) = (&storage.directory, &*storage.store);
        let owner = self.owner(user);
        match account {
            ConnectionSelector::Id(id) => {
                let found = directory.connection(store, *id).await?;
                Ok(found.filter(|found| found.owner == owner && found.connector == connector))
            }
            ConnectionSelector::Named(name) if name.len() > nearest::LONGEST_NAME => Ok(None),
            ConnectionSelector::Named(name) => {
                let selection = Selection {
                    owner,
                    connector: connector.to_owned(),
                    provider_config: None,
                    name: Some(name.clone()),
                };
                Ok(directory.find(store, &selection).await?)
            }
            ConnectionSelector::Default | ConnectionSelector::Credential { .. } => Ok(None),
        }
    }

    /// Returns the active provider configs of a connector; there is at least one.
    fn of_service<'c>(
        &self,
        configs: &'c [ProviderConfig],
        service: &str,
    ) -> Result<Vec<&'c ProviderConfig>, AccountError> {
        self.connector(service)?;
        let all: Vec<_> = configs
            .iter()
            .filter(|config| config.connector == service)
            .collect();
        let first = all
            .first()
            .ok_or_else(|| AccountError::ConfigNotFound(format!("for `{}`", Echo(service))))?;
        let active: Vec<_> = all.iter().copied().filter(|config| config.active).collect();
        if active.is_empty() {
            return Err(AccountError::NotReady(first.id.to_string()));
        }
        Ok(active)
    }

    fn connector(&self, name: &str) -> Result<&Connector, AccountError> {
        let registry = self.connect.registry;
        registry
            .connector(name)
            .ok_or_else(|| AccountError::ProviderNotFound {
                name: Echo(name).to_string(),
                near: near(name, registry.names()),
            })
    }
}

fn by_id<'c>(configs: &'c [ProviderConfig], id: &str) -> Result<&'c ProviderConfig, AccountError> {
    let parsed = Uuid::try_parse(id).ok();
    configs
        .iter()
        .find(|config| Some(config.id) == parsed)
        .ok_or_else(|| AccountError::ConfigNotFound(format!("`{}`", Echo(id))))
}

fn active(config: &ProviderConfig) -> Result<&ProviderConfig, AccountError> {
    if config.active {
        Ok(config)
    } else {
        Err(AccountError::NotReady(config.id.to_string()))
    }
}
