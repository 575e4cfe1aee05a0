//! Connections, managed by the operator.

pub(crate) mod check;
pub mod credential;
mod identity;
mod name;
mod stored;

use std::collections::BTreeMap;
use std::sync::Arc;

use plugwright_sdk::host::{Connector, Echo, Faults, Registry};
use plugwright_sdk::{Account, ActionError, ErrorCode};
use serde_json::Value;
use uuid::Uuid;

use crate::concurrent::Attempts;
use crate::refresh::Refresher;
use crate::tokens::valid;
use plugwright_store::vault::Vault;
use plugwright_store::{
    Connection, ConnectionStatus, DEFAULT_ORGANIZATION, NameTaken, Owner, RecordKind, Store,
    StoreError,
};

use credential::CheckedCredential;
pub use identity::Identify;
pub use name::{LONGEST as LONGEST_NAME, fault as name_fault};
pub use stored::ConnectionQuota;
pub(crate) use stored::{ConnectionContents, Place, PutError, Receiver, StoredConnections};

/// A connection to create. What could not be parsed is `None` and among the faults.
#[derive(Default)]
pub struct NewConnection {
    /// The connector's name.
    pub connector: Option<String>,
    /// The name; `None` picks the first free one.
    pub name: Option<String>,
    /// The organization; `None` is the default one.
    pub organization: Option<String>,
    /// Whether it becomes its connector's default.
    pub default: bool,
    /// The credential in the form of the connector's scheme.
    pub credential: Option<Value>,
    /// Settings of the connector.
    pub settings: BTreeMap<String, String>,
    /// Whether to test the credential; `None` tests it if the connector can.
    pub test: Option<bool>,
}

/// Changes to a connection.
#[derive(Clone, Debug, Default)]
pub struct ConnectionChange {
    /// Another name.
    pub name: Option<String>,
    /// Whether it is its connector's default.
    pub default: Option<bool>,
    /// Settings that replace all present ones.
    pub settings: Option<BTreeMap<String, String>>,
}

/// The connections of a store.
pub struct Connections<'a> {
    /// Where they are stored.
    pub store: &'a dyn Store,
    /// Seals their credentials.
    pub vault: &'a Vault,
    /// The connectors.
    pub registry: &'a Registry,
    /// Identifies the account of a credential.
    pub identity: &'a dyn Identify,
    /// Refreshes OAuth credentials, if there is egress.
    pub refresher: Option<&'a Refresher>,
    /// How many one owner may have; operators decide for themselves.
    pub quota: Option<ConnectionQuota<'a>>,
}

impl Connections<'_> {
    /// Creates a connection once the provider has accepted its credential. `faults` are those found
    /// while parsing.
    pub async fn create(
        &self,
        new: NewConnection,
        mut faults: Faults,
    ) -> Result<Connection, ActionError> {
        let organization = new
            .organization
            .unwrap_or_else(|| DEFAULT_ORGANIZATION.to_owned());
        let organizations = self.store.organizations().await?;
        check::organization(&organization, &organizations, &mut faults);
        check::name(new.name.as_deref(), &mut faults);
        let connector = new
            .connector
            .and_then(|name| check::connector(self.registry, &name, self.identity, &mut faults));
        let fitting = connector.and_then(|connector| {
            check::settings(connector, &new.settings, self.identity, &mut faults);
            check::test(connector, new.test, &mut faults);
            credential::fit(
                connector,
                new.credential.as_ref(),
                new.settings,
                &mut faults,
            )
        });
        let (connector, fitting) = valid(faults, connector.zip(fitting))?;
        let owner = Owner::Organization(organization);
        let place = Place {
            owner: &owner,
            connector: connector.name(),
            provider_config: None,
            name: new.name.as_deref(),
            label: None,
            is_default: new.default,
        };
        self.keep(place, Receiver::New, connector, fitting, new.test)
            .await
    }

    /// Stores a connection once the provider has accepted its credential, unless `test` is false.
    pub(crate) async fn keep(
        &self,
        place: Place<'_>,
        receiver: Receiver<'_>,
        connector: &Connector,
        fitting: CheckedCredential,
        test: Option<bool>,
    ) -> Result<Connection, ActionError> {
        let material = self.material(connector, fitting, test).await?;
        let stored = StoredConnections {
            store: self.store,
            vault: self.vault,
            quota: self.quota,
        };
        let put = stored.put(place, receiver, &material).await;
        put.map_err(|error| match error {
            PutError::NameTaken(name) | PutError::NoFreeName(name) => {
                clash(&name, place.owner, place.connector)
            }
            PutError::Other(error) => error,
            other => ActionError::new(ErrorCode::Conflict, other.to_string()),
        })
    }

    /// Identifies the account of a credential.
    async fn material(
        &self,
        connector: &Connector,
        fitting: CheckedCredential,
        test: Option<bool>,
    ) -> Result<ConnectionContents, ActionError> {
        let CheckedCredential {
            credential,
            scheme,
            settings,
        } = fitting;
        let account = match test {
            // The account stays unknown.
            Some(false) => None,
            _ => {
                self.identity
                    .identify(connector, &credential.clone().into(), &settings)
                    .await?
            }
        };
        Ok(ConnectionContents::of(
            &credential,
            scheme,
            settings,
            account,
        ))
    }

    /// Renames a connection, makes it the default, or replaces its settings.
    pub async fn change(
        &self,
        id: Uuid,
        change: ConnectionChange,
        mut faults: Faults,
    ) -> Result<Connection, ActionError> {
        let before = self.connection(id).await?;
        check::name(change.name.as_deref(), &mut faults);
        if let Some(settings) = &change.settings
            && let Some(connector) = check::known(self.registry, &before.connector, &mut faults)
        {
            check::settings(connector, settings, self.identity, &mut faults);
        }
        valid(faults, Some(()))?;
        self.update(&before, |connection| {
            let change = change.clone();
            connection.name = change.name.unwrap_or_else(|| connection.name.clone());
            connection.is_default = change.default.unwrap_or(connection.is_default);
            if let Some(settings) = change.settings {
                connection.settings = settings;
            }
            Ok(())
        })
        .await
    }

    /// Replaces the credential once the provider has accepted it.
    pub async fn replace_credential(
        &self,
        id: Uuid,
        credential: Option<Value>,
        test: Option<bool>,
        mut faults: Faults,
    ) -> Result<Connection, ActionError> {
        let before = self.connection(id).await?;
        let connector =
            check::connector(self.registry, &before.connector, self.identity, &mut faults);
        let fitting = connector.and_then(|connector| {
            check::test(connector, test, &mut faults);
            let settings = before.settings.clone();
            credential::fit(connector, credential.as_ref(), settings, &mut faults)
        });
        let (connector, fitting) = valid(faults, connector.zip(fitting))?;
        let material = self.material(connector, fitting, test).await?;
        self.update(&before, |connection| {
            Ok(material.give_to(connection, self.vault)?)
        })
        .await
    }

    /// Tests a connection's credential, and stores the result.
    pub async fn test(&self, id: Uuid) -> Result<Connection, ActionError> {
        let mut connection = self.connection(id).await?;
        let mut faults = Faults::new();
        let connector = check::known(self.registry, &connection.connector, &mut faults);
        let connector = valid(faults, connector)?;
        if connector.identity().is_none() {
            return Err(ActionError::new(
                ErrorCode::ValidationError,
                format!("`{}` has no connection test", connector.name()),
            ));
        }
        connection = self.fresh(connection).await?;
        let mut tested = self.ask(connector, &connection).await;
        let is_refused = |error: &ActionError| error.code() == ErrorCode::AuthInvalid;
        if tested.as_ref().is_err_and(is_refused) && self.renewed(&connection).await? {
            connection = self.connection(id).await?;
            tested = self.ask(connector, &connection).await;
        }
        match tested {
            Ok(account) => {
                self.judge(connection, ConnectionStatus::Active, account)
                    .await
            }
            Err(error) => {
                if is_refused(&error) {
                    let account = connection.account.clone();
                    self.judge(connection, ConnectionStatus::ReauthRequired, account)
                        .await?;
                }
                Err(error)
            }
        }
    }

    /// Deletes a connection.
    pub async fn delete(&self, id: Uuid) -> Result<(), ActionError> {
        match self.store.delete_connection(id).await {
            Err(StoreError::NotFound(_)) => Err(RecordKind::Connection.missing(id)),
            other => Ok(other?),
        }
    }

    /// Finds a connection.
    pub async fn connection(&self, id: Uuid) -> Result<Connection, ActionError> {
        let found = self.store.connection(id).await?;
        found.ok_or_else(|| RecordKind::Connection.missing(id))
    }

    /// Stores the result of a test, unless the connection has changed since.
    async fn judge(
        &self,
        mut connection: Connection,
        status: ConnectionStatus,
        account: Option<Account>,
    ) -> Result<Connection, ActionError> {
        if connection.status == status && connection.account == account {
            return Ok(connection);
        }
        connection.status = status;
        connection.account = account;
        match self.store.update_connection(&connection).await {
            Err(StoreError::Changed(_)) => self.connection(connection.id).await,
            other => Ok(other?),
        }
    }

    /// Changes a connection, starting over if it was changed concurrently.
    async fn update(
        &self,
        connection: &Connection,
        change: impl Fn(&mut Connection) -> Result<(), ActionError>,
    ) -> Result<Connection, ActionError> {
        let mut attempts = Attempts::default();
        let changed = loop {
            let mut connection = self.connection(connection.id).await?;
            change(&mut connection)?;
            let changed = self.store.update_connection(&connection).await;
            if !attempts.go_on(&changed) {
                break changed;
            }
        };
        match changed {
            Err(StoreError::NameTaken(NameTaken(name))) => {
                Err(clash(&name, &connection.owner, &connection.connector))
            }
            other => Ok(other?),
        }
    }

    /// Identifies the account of a connection, after refreshing its credential if that is due.
    ///
    /// # Errors
    ///
    /// As [`Identify::ask`], or if the credential can't be read.
    pub async fn account(
        &self,
        connector: &Connector,
        connection: &Connection,
    ) -> Result<Option<Account>, ActionError> {
        let connection = self.fresh(connection.clone()).await?;
        self.ask(connector, &connection).await
    }

    async fn ask(
        &self,
        connector: &Connector,
        connection: &Connection,
    ) -> Result<Option<Account>, ActionError> {
        let mut opened = self.vault.open_credential(connection)?;
        if let Some(refresher) = self.refresher {
            let client = refresher.client_secret(connector, connection).await?;
            opened.others.extend(client);
        }
        self.identity
            .identify(connector, &opened, &connection.settings)
            .await
    }

    /// Returns the connection, with its credential refreshed if that is due.
    async fn fresh(&self, connection: Connection) -> Result<Connection, ActionError> {
        match self.refresher {
            Some(refresher) => {
                let fresh = refresher.fresh(Arc::new(connection)).await?;
                Ok(Arc::unwrap_or_clone(fresh))
            }
            None => Ok(connection),
        }
    }

    /// Refreshes a token that the provider rejected; returns whether there is a new one.
    async fn renewed(&self, connection: &Connection) -> Result<bool, ActionError> {
        match self.refresher {
            Some(refresher) => refresher.renew(&Arc::new(connection.clone())).await,
            None => Ok(false),
        }
    }
}

fn clash(name: &str, owner: &Owner, connector: &str) -> ActionError {
    let whose = match owner {
        Owner::Organization(name) => format!("in organization `{}`", Echo(name)),
        Owner::User { user, .. } => format!("of user `{}`", Echo(user)),
    };
    ActionError::new(
        ErrorCode::Conflict,
        format!(
            "`{}` is in use: `{connector}` has a connection of that name {whose}",
            Echo(name)
        ),
    )
}
