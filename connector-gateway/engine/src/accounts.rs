//! Accounts of a project's end users.

mod error;
mod new_account;
mod provider;

use plugwright_sdk::auth::Scheme;
use plugwright_sdk::host::{Connector, Echo, Faults};
use plugwright_sdk::{ActionError, ErrorCode};
use plugwright_store::{
    Connection, ConnectionFilter, ConnectionRequest, Owner, Patterns, ProviderConfig,
    RequestDetails,
};
use uuid::Uuid;

use crate::call::OwnerSelector;
use crate::connect::{Connect, NewRequest};
use crate::pipeline;
use crate::principal::Principal;
use crate::tokens::valid;

pub use error::AccountError;
pub use new_account::{NewAccount, Secrets};
pub use provider::{Provider, ProviderSelector};

/// So many open requests of a user and connector stay when another is made, as for accounts that a
/// person connects in several tabs.
const OTHERS_OF_USER: usize = 4;

/// The accounts of one project's end users.
pub struct Accounts<'a> {
    connect: Connect<'a>,
    project: Uuid,
    /// Id of the key's principal.
    principal: String,
    /// Connectors whose accounts the key may connect and disconnect.
    connectable: Patterns,
}

/// A request that a person completes in a browser.
#[derive(Debug)]
pub struct Link {
    /// The user's id in the project.
    pub user: String,
    /// `None` if it could not be read; then it is among the faults.
    pub provider: Option<ProviderSelector>,
    /// The account's name; `None` picks the first free one.
    pub alias: Option<String>,
    /// Where the browser returns to.
    pub return_uri: Option<String>,
}

/// Selects the accounts to list.
#[derive(Debug)]
pub struct AccountFilter {
    /// The user's id in the project.
    pub user: String,
    /// Only those of this connector.
    pub service: Option<String>,
    /// Only those of this provider config.
    pub provider_config: Option<String>,
}

impl<'a> Accounts<'a> {
    /// Returns the accounts that a project's key can access, if there is a store.
    ///
    /// # Errors
    ///
    /// `CONNECTION_NOT_ALLOWED` unless the principal is a project's key.
    pub fn new(connect: Option<Connect<'a>>, principal: &Principal) -> Result<Self, ActionError> {
        let anybody = OwnerSelector::EndUser {
            user: String::new(),
            provider_configs: Vec::new(),
        };
        let project = pipeline::owner(principal, &anybody)?.project();
        let (Some(project), Some(connect)) = (project, connect) else {
            return Err(ActionError::new(
                ErrorCode::Unavailable,
                "this gateway has no store, so it has no accounts",
            ));
        };
        Ok(Self {
            connect,
            project,
            principal: principal.id.clone(),
            connectable: principal.grant.connect.clone(),
        })
    }

    fn may_connect(&self, connector: &str) -> Result<(), ActionError> {
        if self.connectable.matches(connector) {
            return Ok(());
        }
        Err(ActionError::new(
            ErrorCode::PolicyDenied,
            format!(
                "the key may not connect or disconnect accounts of `{}`",
                Echo(connector)
            ),
        ))
    }

    fn owner(&self, user: &str) -> Owner {
        Owner::User {
            project: self.project,
            user: user.to_owned(),
        }
    }

    /// Creates a request to connect an account in a browser. `faults` are those found while
    /// parsing.
    pub async fn link(
        &self,
        link: Link,
        mut faults: Faults,
    ) -> Result<ConnectionRequest, AccountError> {
        let connect = &self.connect;
        let owner = self.owner(&link.user);
        if let Some(uri) = &link.return_uri
            && let Some(message) = connect.return_uri_fault(&owner, uri).await?
        {
            faults.note("returnUri", message);
        }
        let selector = valid(faults, link.provider)?;
        let Provider { config, connector } = self.provider(&selector).await?;
        self.may_connect(connector.name())?;
        if connector
            .auth()
            .iter()
            .all(|auth| matches!(auth.scheme, Scheme::None))
        {
            return Err(new_account::mismatch(&connector));
        }
        // A request for OAuth must not fall back to a form for a key if OAuth is not set up.
        if connector.oauth2().is_some() {
            connect
                .registrations
                .find(&connector, Some(config.id))
                .await?;
        }
        if let Some(alias) = &link.alias {
            self.alias_is_free(&owner, &connector, alias).await?;
        }
        let new = NewRequest {
            budget: format!("project:{}", self.project),
            owner,
            connector,
            details: RequestDetails {
                provider_config: Some(config.id),
                name: link.alias,
                return_uri: link.return_uri,
                principal: Some(self.principal.clone()),
                ..RequestDetails::default()
            },
            again: None,
            supersedes: Some(OTHERS_OF_USER),
        };
        Ok(connect.start(new).await?)
    }

    /// Returns a request of this project.
    pub async fn request(&self, id: &str) -> Result<ConnectionRequest, AccountError> {
        let found = match Uuid::try_parse(id) {
            Ok(id) => self.connect.request(id).await?,
            Err(_) => None,
        };
        found
            .filter(|request| request.owner.project() == Some(self.project))
            .ok_or_else(|| AccountError::RequestNotFound(id.to_owned()))
    }

    async fn alias_is_free(
        &self,
        owner: &Owner,
        connector: &Connector,
        alias: &str,
    ) -> Result<(), AccountError> {
        let others = self.connections(owner, Some(connector.name())).await?;
        if others.iter().all(|other| other.name != alias) {
            return Ok(());
        }
        Err(AccountError::AliasTaken {
            alias: alias.to_owned(),
            name: connector.display_name().to_owned(),
        })
    }

    async fn connections(
        &self,
        owner: &Owner,
        connector: Option<&str>,
    ) -> Result<Vec<Connection>, ActionError> {
        let filter = ConnectionFilter {
            owner: Some(owner.clone()),
            connector: connector.map(str::to_owned),
            ..ConnectionFilter::default()
        };
        Ok(self.connect.storage.store.connections(&filter).await?)
    }

    /// Returns an account of this project, of one user and provider config if they are named.
    pub async fn account(
        &self,
        id: &str,
        user: Option<&str>,
        provider_config: Option<&str>,
    ) -> Result<Connection, AccountError> {
        let found = match Uuid::try_parse(id) {
            Ok(id) => self
                .connect
                .storage
                .store
                .connection(id)
                .await
                .map_err(ActionError::from)?,
            Err(_) => None,
        };
        found
            .filter(|found| found.owner.project() == Some(self.project))
            .filter(|found| user.is_none_or(|user| found.owner == self.owner(user)))
            .filter(|found| is_of(found, provider_config))
            .ok_or_else(|| AccountError::AccountNotFound(id.to_owned()))
    }

    /// Returns a user's accounts, the newest first.
    pub async fn list(&self, filter: &AccountFilter) -> Result<Vec<Connection>, ActionError> {
        let owner = self.owner(&filter.user);
        let mut found = self.connections(&owner, filter.service.as_deref()).await?;
        found.retain(|account| is_of(account, filter.provider_config.as_deref()));
        found.sort_by_key(|account| std::cmp::Reverse((account.created_at, account.id)));
        Ok(found)
    }

    /// Deletes an account, and revokes its tokens if the provider supports that.
    pub async fn delete(&self, account: &Connection) -> Result<(), AccountError> {
        self.may_connect(&account.connector)?;
        match self.connect.disconnect(account).await {
            Err(error) if error.code() == ErrorCode::NotFound => {
                Err(AccountError::AccountNotFound(account.id.to_string()))
            }
            other => Ok(other?),
        }
    }

    /// Returns the provider config of an account, if it still exists.
    pub async fn config_of(
        &self,
        account: &Connection,
    ) -> Result<Option<ProviderConfig>, ActionError> {
        let configs = self.configs().await?;
        let found = configs
            .iter()
            .find(|config| account.provider_config == Some(config.id));
        Ok(found.cloned())
    }
}

fn is_of(account: &Connection, provider_config: Option<&str>) -> bool {
    provider_config.is_none_or(|text| {
        Uuid::try_parse(text).is_ok_and(|id| account.provider_config == Some(id))
    })
}
