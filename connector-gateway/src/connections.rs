//! Connections of the operator: made, tested, changed and deleted.

mod check;
pub(crate) mod credential;
pub(crate) mod name;
mod tester;

use std::collections::BTreeMap;

use plugwright_sdk::auth::SchemeKind;
use plugwright_sdk::host::{Echo, Faults, Registry};
use plugwright_sdk::{Account, ActionError, ConnectorDefinition, Credential, ErrorCode};
use serde_json::Value;
use uuid::Uuid;

use crate::store::{
    Connection, ConnectionFilter, ConnectionStatus, DEFAULT_ORGANIZATION, NameTaken, Owner, Store,
    StoreError,
};
use crate::time::Timestamp;
use crate::tokens::valid;
use crate::vault::{Vault, credential_json};

pub(crate) use name::{LONGEST as LONGEST_NAME, fault as name_fault, free as free_name};
pub(crate) use tester::ConnectionTester;

/// A connection to be made. What could not be read is `None`, and is among the faults.
#[derive(Default)]
pub(crate) struct NewConnection {
    pub(crate) connector: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) organization: Option<String>,
    pub(crate) default: bool,
    pub(crate) credential: Option<Value>,
    pub(crate) settings: BTreeMap<String, String>,
    pub(crate) test: Option<bool>,
}

/// What a connection is made of, checked.
pub(crate) struct Material {
    pub(crate) owner: Owner,
    pub(crate) connector: &'static ConnectorDefinition,
    pub(crate) provider_config: Option<Uuid>,
    /// `None` is the first that is free.
    pub(crate) name: Option<String>,
    pub(crate) is_default: bool,
    pub(crate) credential: Credential,
    pub(crate) scheme: SchemeKind,
    pub(crate) settings: BTreeMap<String, String>,
    pub(crate) test: Option<bool>,
}

/// What is to be changed of a connection.
#[derive(Clone, Debug, Default)]
pub(crate) struct ConnectionChange {
    pub(crate) name: Option<String>,
    pub(crate) default: Option<bool>,
    pub(crate) settings: Option<BTreeMap<String, String>>,
}

/// The connections of a store.
pub(crate) struct Connections<'a> {
    pub(crate) store: &'a dyn Store,
    pub(crate) vault: &'a Vault,
    pub(crate) registry: &'a Registry,
    pub(crate) tester: &'a dyn ConnectionTester,
}

/// How often a change is tried again because another one came between.
const ATTEMPTS: u32 = 5;

impl Connections<'_> {
    /// Makes a connection, once the provider has accepted its credential. `faults` are those that
    /// reading the request found.
    pub(crate) async fn create(
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
            .and_then(|name| check::connector(self.registry, &name, &mut faults));
        let fitting = connector.and_then(|connector| {
            check::settings(connector, &new.settings, &mut faults);
            check::test(connector, new.test, &mut faults);
            credential::fit(connector, new.credential.as_ref(), &mut faults)
        });
        let (connector, (credential, scheme)) = valid(faults, connector.zip(fitting))?;

        self.keep(Material {
            owner: Owner::Organization(organization),
            connector,
            provider_config: None,
            name: new.name,
            is_default: new.default,
            credential,
            scheme,
            settings: new.settings,
            test: new.test,
        })
        .await
    }

    /// Stores a connection, once the provider has accepted its credential. An end user's account
    /// that is connected already gets the credential, unless another name is asked for.
    pub(crate) async fn keep(&self, material: Material) -> Result<Connection, ActionError> {
        let Material {
            owner,
            connector,
            name,
            credential,
            settings,
            ..
        } = material;
        let account = self
            .identify(connector, &credential, &settings, material.test)
            .await?;
        let filter = ConnectionFilter {
            owner: Some(owner.clone()),
            connector: Some(connector.name().to_owned()),
            ..ConnectionFilter::default()
        };
        if owner.project().is_some() && name.is_none() && account.is_some() {
            let others = self.store.connections(&filter).await?;
            let same = others.into_iter().find(|other| {
                other.provider_config == material.provider_config
                    && other.settings == settings
                    && other.account.as_ref().map(|known| &known.id)
                        == account.as_ref().map(|account| &account.id)
            });
            if let Some(same) = same {
                let change = |connection: &mut Connection| {
                    self.put_credential(connection, &credential, material.scheme, account.as_ref())
                };
                return self.update(same, change).await;
            }
        }
        let id = Uuid::now_v7();
        let now = Timestamp::now();
        let connection = Connection {
            id,
            owner,
            connector: connector.name().to_owned(),
            provider_config: material.provider_config,
            label: None,
            name: name.clone().unwrap_or_default(),
            is_default: material.is_default,
            scheme: material.scheme,
            status: ConnectionStatus::Active,
            account,
            settings,
            secret: self
                .vault
                .seal(id, credential_json(&credential).as_bytes())?,
            scopes: None,
            expires_at: None,
            refresh_at: None,
            credential_version: 1,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        match name {
            Some(_) => self
                .store
                .create_connection(&connection)
                .await
                .map_err(|error| clash(error, &connection)),
            None => self.create_under_a_free_name(connection, &filter).await,
        }
    }

    /// Puts another credential in the place of a connection's.
    fn put_credential(
        &self,
        connection: &mut Connection,
        credential: &Credential,
        scheme: SchemeKind,
        account: Option<&Account>,
    ) -> Result<(), ActionError> {
        connection.secret = self
            .vault
            .seal(connection.id, credential_json(credential).as_bytes())?;
        connection.scheme = scheme;
        connection.status = ConnectionStatus::Active;
        connection.credential_version += 1;
        connection.scopes = None;
        connection.expires_at = None;
        connection.refresh_at = None;
        // Without a test it is not known whose the new credential is.
        connection.account = account.cloned();
        Ok(())
    }

    async fn create_under_a_free_name(
        &self,
        mut connection: Connection,
        others: &ConnectionFilter,
    ) -> Result<Connection, ActionError> {
        for _ in 1..ATTEMPTS {
            connection.name = name::free(&self.store.connections(others).await?);
            match self.store.create_connection(&connection).await {
                Err(StoreError::NameTaken(_)) => {}
                other => return Ok(other?),
            }
        }
        let error = NameTaken(connection.name.clone()).into();
        Err(clash(error, &connection))
    }

    /// Renames a connection, makes it the default, or replaces its settings.
    pub(crate) async fn change(
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
            check::settings(connector, settings, &mut faults);
        }
        valid(faults, Some(()))?;
        self.update(before, |connection| {
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

    /// Replaces the credential, once the provider has accepted it.
    pub(crate) async fn replace_credential(
        &self,
        id: Uuid,
        credential: Option<Value>,
        test: Option<bool>,
        mut faults: Faults,
    ) -> Result<Connection, ActionError> {
        let before = self.connection(id).await?;
        let connector = check::connector(self.registry, &before.connector, &mut faults);
        let fitting = connector.and_then(|connector| {
            check::test(connector, test, &mut faults);
            credential::fit(connector, credential.as_ref(), &mut faults)
        });
        let (connector, (credential, scheme)) = valid(faults, connector.zip(fitting))?;
        let account = self
            .identify(connector, &credential, &before.settings, test)
            .await?;
        self.update(before, |connection| {
            self.put_credential(connection, &credential, scheme, account.as_ref())
        })
        .await
    }

    /// Asks the provider whose the credential is, and stores what it says.
    pub(crate) async fn test(&self, id: Uuid) -> Result<Connection, ActionError> {
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
        connection = self.tester.fresh(connection).await?;
        let mut tested = self.ask(connector, &connection).await;
        let is_refused = |error: &ActionError| error.code() == ErrorCode::AuthInvalid;
        if tested.as_ref().is_err_and(is_refused) && self.tester.renewed(&connection).await? {
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
    pub(crate) async fn delete(&self, id: Uuid) -> Result<(), ActionError> {
        match self.store.delete_connection(id).await {
            Err(StoreError::NotFound(_)) => Err(unknown(id)),
            other => Ok(other?),
        }
    }

    /// Finds a connection.
    pub(crate) async fn connection(&self, id: Uuid) -> Result<Connection, ActionError> {
        self.store.connection(id).await?.ok_or_else(|| unknown(id))
    }

    /// Stores what a test found, if the connection is still the one that was tested.
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

    /// Changes a connection, on what another change has made of it if one came between.
    async fn update(
        &self,
        mut connection: Connection,
        change: impl Fn(&mut Connection) -> Result<(), ActionError>,
    ) -> Result<Connection, ActionError> {
        let id = connection.id;
        let mut attempt = 1;
        loop {
            change(&mut connection)?;
            match self.store.update_connection(&connection).await {
                Err(StoreError::Changed(_)) if attempt < ATTEMPTS => {
                    attempt += 1;
                    connection = self.connection(id).await?;
                }
                Err(error) => return Err(clash(error, &connection)),
                Ok(stored) => return Ok(stored),
            }
        }
    }

    /// Asks the provider whose the credential of a connection is.
    async fn ask(
        &self,
        connector: &'static ConnectorDefinition,
        connection: &Connection,
    ) -> Result<Option<Account>, ActionError> {
        let opened = self.vault.open_credential(connection)?;
        self.identify(connector, &opened.credential, &connection.settings, None)
            .await
    }

    async fn identify(
        &self,
        connector: &'static ConnectorDefinition,
        credential: &Credential,
        settings: &BTreeMap<String, String>,
        test: Option<bool>,
    ) -> Result<Option<Account>, ActionError> {
        if connector.identity().is_none() || test == Some(false) {
            return Ok(None);
        }
        self.tester
            .identify(connector, credential.clone(), settings)
            .await
    }
}

fn unknown(id: Uuid) -> ActionError {
    ActionError::new(
        ErrorCode::NotFound,
        format!("there is no connection `{id}`"),
    )
}

/// Says whose name it is that is in use.
fn clash(error: StoreError, connection: &Connection) -> ActionError {
    let whose = match &connection.owner {
        Owner::Organization(name) => format!("in organization `{}`", Echo(name)),
        Owner::User { user, .. } => format!("of user `{}`", Echo(user)),
    };
    match error {
        StoreError::NameTaken(NameTaken(name)) => ActionError::new(
            ErrorCode::Conflict,
            format!(
                "`{}` is in use: `{}` has a connection of that name {whose}",
                Echo(&name),
                connection.connector
            ),
        ),
        other => other.into(),
    }
}
