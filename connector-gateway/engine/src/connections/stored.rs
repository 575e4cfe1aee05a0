//! Stores connections, whoever provides the credential.

use std::collections::BTreeMap;

use plugwright_sdk::auth::SchemeKind;
use plugwright_sdk::{Account, ActionError, Credential};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::name;
use crate::concurrent::ATTEMPTS;
use crate::limits::Limit;
use crate::metrics::LimitHits;
use crate::refresh::Validity;
use plugwright_store::vault::{Vault, VaultError, credential_json};
use plugwright_store::{
    Connection, ConnectionFilter, ConnectionRequest, ConnectionStatus, NameTaken, Owner, Store,
    StoreError,
};

pub(crate) struct ConnectionContents {
    pub(crate) scheme: SchemeKind,
    /// The plaintext to seal.
    pub(crate) secret: Zeroizing<String>,
    pub(crate) settings: BTreeMap<String, String>,
    pub(crate) account: Option<Account>,
    /// Scopes granted by OAuth.
    pub(crate) scopes: Option<Vec<String>>,
    pub(crate) validity: Validity,
}

impl ConnectionContents {
    /// Wraps a credential without a known expiry.
    pub(crate) fn of(
        credential: &Credential,
        scheme: SchemeKind,
        settings: BTreeMap<String, String>,
        account: Option<Account>,
    ) -> Self {
        Self {
            scheme,
            secret: credential_json(credential),
            settings,
            account,
            scopes: None,
            validity: Validity::default(),
        }
    }

    /// Puts the credential into a connection.
    pub(super) fn give_to(
        &self,
        connection: &mut Connection,
        vault: &Vault,
    ) -> Result<(), VaultError> {
        connection.secret = vault.seal(connection.id, self.secret.as_bytes())?;
        connection.scheme = self.scheme;
        connection.status = ConnectionStatus::Active;
        connection.credential_version += 1;
        connection.scopes.clone_from(&self.scopes);
        connection.expires_at = self.validity.expires_at;
        connection.refresh_at = self.validity.refresh_at;
        connection.account.clone_from(&self.account);
        Ok(())
    }
}

/// Where a connection belongs.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) owner: &'a Owner,
    pub(crate) connector: &'a str,
    pub(crate) provider_config: Option<Uuid>,
    /// `None` picks the first free one.
    pub(crate) name: Option<&'a str>,
    pub(crate) label: Option<&'a str>,
    pub(crate) is_default: bool,
}

impl<'a> Place<'a> {
    pub(crate) fn of_request(request: &'a ConnectionRequest) -> Self {
        Self {
            owner: &request.owner,
            connector: &request.connector,
            provider_config: request.details.provider_config,
            name: request.details.name.as_deref(),
            label: request.details.label.as_deref(),
            is_default: false,
        }
    }
}

/// The connection that receives a credential.
#[derive(Clone, Copy)]
pub(crate) enum Receiver<'a> {
    /// A new one.
    New,
    /// The owner's connection to the same account; a new one if there is none.
    SameAccount,
    /// The one that a request is for, or that of the same account, or a new one. The request ends
    /// in the same transaction.
    Request(&'a ConnectionRequest),
}

/// Why no connection was stored.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PutError {
    #[error("connection `{0}` belongs to another account")]
    OtherAccount(String),
    #[error("`{0}` is in use")]
    NameTaken(String),
    #[error("no free name was found; the last one tried was `{0}`")]
    NoFreeName(String),
    #[error("the request has ended")]
    RequestEnded,
    /// Anything else.
    #[error(transparent)]
    Other(#[from] ActionError),
}

impl From<StoreError> for PutError {
    fn from(error: StoreError) -> Self {
        Self::Other(error.into())
    }
}

impl From<VaultError> for PutError {
    fn from(error: VaultError) -> Self {
        Self::Other(error.into())
    }
}

#[derive(Clone, Copy)]
pub(crate) struct StoredConnections<'a> {
    pub(crate) store: &'a dyn Store,
    pub(crate) vault: &'a Vault,
    pub(crate) quota: Option<ConnectionQuota<'a>>,
}

/// How many connections one owner may have.
#[derive(Clone, Copy)]
pub struct ConnectionQuota<'a> {
    pub(crate) most: usize,
    /// How many all users of one project may have.
    pub(crate) most_of_project: usize,
    pub(crate) hits: &'a LimitHits,
}

impl ConnectionQuota<'_> {
    async fn check(self, store: &dyn Store, owner: &Owner) -> Result<(), StoreError> {
        if store.count_connections(owner).await? >= self.most {
            self.hits.add(Limit::ConnectionsPerOwner);
            return Err(StoreError::TooMany("connections"));
        }
        if let Some(project) = owner.project()
            && store.count_accounts(project).await? >= self.most_of_project
        {
            self.hits.add(Limit::ConnectionsPerProject);
            return Err(StoreError::TooMany("accounts of the project"));
        }
        Ok(())
    }
}

impl StoredConnections<'_> {
    pub(crate) async fn put(
        self,
        place: Place<'_>,
        receiver: Receiver<'_>,
        material: &ConnectionContents,
    ) -> Result<Connection, PutError> {
        let filter = ConnectionFilter {
            owner: Some(place.owner.clone()),
            connector: Some(place.connector.to_owned()),
            ..ConnectionFilter::default()
        };
        let mut attempt = 1;
        loop {
            let others = self.store.connections(&filter).await?;
            let before = match receiver {
                Receiver::New => None,
                Receiver::SameAccount => same_account(place, material, &others),
                Receiver::Request(request) => others
                    .iter()
                    .find(|other| other.id == request.connection)
                    .or_else(|| same_account(place, material, &others)),
            };
            let connection = match before {
                Some(before) => self.changed(before, place, material)?,
                None => {
                    if let Some(quota) = self.quota {
                        quota.check(self.store, place.owner).await?;
                    }
                    self.made(place, receiver, &others, material)?
                }
            };
            let stored = match (receiver, before) {
                (Receiver::Request(request), _) => {
                    self.store.finish_request(request.id, &connection).await
                }
                (_, Some(_)) => self.store.update_connection(&connection).await,
                (_, None) => self.store.create_connection(&connection).await,
            };
            match (stored, receiver) {
                (Ok(stored), _) => return Ok(stored),
                (Err(StoreError::NameTaken(NameTaken(name))), _) if place.name.is_some() => {
                    return Err(PutError::NameTaken(name));
                }
                (Err(StoreError::NameTaken(NameTaken(name))), _) if attempt == ATTEMPTS => {
                    return Err(PutError::NoFreeName(name));
                }
                // Or what it belongs to was deleted.
                (Err(StoreError::Changed(_) | StoreError::NotFound(_)), Receiver::Request(_)) => {
                    return Err(PutError::RequestEnded);
                }
                // Another process took the name or changed the connection.
                (Err(StoreError::NameTaken(_) | StoreError::Changed(_)), _)
                    if attempt < ATTEMPTS =>
                {
                    attempt += 1;
                }
                (Err(error), _) => return Err(error.into()),
            }
        }
    }

    /// Returns an existing connection with the new credential.
    fn changed(
        self,
        before: &Connection,
        place: Place<'_>,
        material: &ConnectionContents,
    ) -> Result<Connection, PutError> {
        if let (Some(known), Some(account)) = (&before.account, &material.account)
            && known.id != account.id
        {
            return Err(PutError::OtherAccount(before.name.clone()));
        }
        let mut connection = before.clone();
        material.give_to(&mut connection, self.vault)?;
        connection.settings.clone_from(&material.settings);
        if let Some(label) = place.label {
            connection.label = Some(label.to_owned());
        }
        if connection.account.is_none() {
            connection.account.clone_from(&before.account);
        }
        Ok(connection)
    }

    fn made(
        self,
        place: Place<'_>,
        receiver: Receiver<'_>,
        others: &[Connection],
        material: &ConnectionContents,
    ) -> Result<Connection, PutError> {
        let now = self.store.now();
        let id = match receiver {
            Receiver::Request(request) => request.connection,
            Receiver::New | Receiver::SameAccount => Uuid::now_v7(),
        };
        let name = place.name.map(str::to_owned);
        Ok(Connection {
            id,
            owner: place.owner.clone(),
            connector: place.connector.to_owned(),
            provider_config: place.provider_config,
            label: place.label.map(str::to_owned),
            name: name.unwrap_or_else(|| name::free(others)),
            is_default: place.is_default,
            scheme: material.scheme,
            status: ConnectionStatus::Active,
            account: material.account.clone(),
            settings: material.settings.clone(),
            secret: self.vault.seal(id, material.secret.as_bytes())?,
            scopes: material.scopes.clone(),
            expires_at: material.validity.expires_at,
            refresh_at: material.validity.refresh_at,
            credential_version: 1,
            version: 1,
            created_at: now,
            updated_at: now,
        })
    }
}

/// Returns the owner's connection to the same account, unless another name is requested.
fn same_account<'c>(
    place: Place<'_>,
    material: &ConnectionContents,
    others: &'c [Connection],
) -> Option<&'c Connection> {
    let account = material.account.as_ref()?;
    others.iter().find(|other| {
        other
            .account
            .as_ref()
            .is_some_and(|known| known.id == account.id)
            // Another site may use the same account id.
            && other.settings == material.settings
            && other.provider_config == place.provider_config
            && place.name.is_none_or(|name| name == other.name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use plugwright_store::{
        Backend as _, DEFAULT_ORGANIZATION, Project, ProjectStore as _, ProviderConfig, SqliteStore,
    };

    /// A connection's contents with this account.
    fn material(account: Option<&str>) -> ConnectionContents {
        let account = account.map(|id| Account {
            id: id.to_owned(),
            label: id.to_owned(),
        });
        let credential = Credential::token("t0ken");
        ConnectionContents::of(
            &credential,
            SchemeKind::BearerToken,
            BTreeMap::new(),
            account,
        )
    }

    fn place<'a>(owner: &'a Owner, name: Option<&'a str>) -> Place<'a> {
        Place {
            owner,
            connector: "shop",
            provider_config: None,
            name,
            label: None,
            is_default: false,
        }
    }

    #[tokio::test]
    async fn a_credential_goes_to_the_connection_of_its_account_or_to_a_new_one() {
        let (store, vault) = (SqliteStore::in_memory().await.unwrap(), Vault::ephemeral());
        let hits = LimitHits::default();
        let connections = StoredConnections {
            store: &store,
            vault: &vault,
            quota: Some(ConnectionQuota {
                most: 5,
                most_of_project: 5,
                hits: &hits,
            }),
        };
        let owner = Owner::Organization(DEFAULT_ORGANIZATION.to_owned());
        let put = async |receiver, account| {
            let material = material(account);
            let put = connections.put(place(&owner, None), receiver, &material);
            put.await.unwrap()
        };
        let first = put(Receiver::New, Some("a")).await;
        assert_eq!(first.name, "default");
        let again = put(Receiver::SameAccount, Some("a")).await;
        assert_eq!((again.id, again.credential_version), (first.id, 2));
        let other = put(Receiver::SameAccount, Some("b")).await;
        assert_eq!(other.name, "default-2");
        let unknown = put(Receiver::SameAccount, None).await;
        assert_eq!(unknown.name, "default-3");
        let new = put(Receiver::New, Some("a")).await;
        assert_eq!(new.name, "default-4");

        put(Receiver::New, None).await;
        let put = async |receiver, account| {
            let material = material(account);
            connections
                .put(place(&owner, None), receiver, &material)
                .await
        };
        let refused = put(Receiver::New, None).await.unwrap_err();
        assert!(refused.to_string().contains("too many connections"));
        // What is there can still be renewed.
        assert!(put(Receiver::SameAccount, Some("b")).await.is_ok());
    }

    #[tokio::test]
    async fn the_users_of_a_project_have_so_many_connections_together() {
        let (store, vault) = (SqliteStore::in_memory().await.unwrap(), Vault::ephemeral());
        let hits = LimitHits::default();
        let project = Project {
            id: Uuid::new_v4(),
            name: "app".to_owned(),
            display_name: "App".to_owned(),
            return_uris: Vec::new(),
            version: 1,
            created_at: store.now(),
        };
        store.create_project(&project).await.unwrap();
        let config = ProviderConfig {
            id: Uuid::new_v4(),
            project: project.id,
            connector: "shop".to_owned(),
            name: "Shop".to_owned(),
            active: true,
            scopes: None,
            version: 1,
            created_at: store.now(),
        };
        store.create_provider_config(&config).await.unwrap();
        let connections = StoredConnections {
            store: &store,
            vault: &vault,
            quota: Some(ConnectionQuota {
                most: 5,
                most_of_project: 2,
                hits: &hits,
            }),
        };
        let put = async |user: &str| {
            let owner = Owner::User {
                project: project.id,
                user: user.to_owned(),
            };
            let place = Place {
                provider_config: Some(config.id),
                ..place(&owner, None)
            };
            let material = material(None);
            connections.put(place, Receiver::New, &material).await
        };
        for user in ["u1", "u2"] {
            put(user).await.unwrap();
        }
        let refused = put("u3").await.unwrap_err();
        assert!(
            refused
                .to_string()
                .contains("too many accounts of the project")
        );
    }

    #[tokio::test]
    async fn a_name_that_is_asked_for_is_that_or_none() {
        let (store, vault) = (SqliteStore::in_memory().await.unwrap(), Vault::ephemeral());
        let hits = LimitHits::default();
        let connections = StoredConnections {
            store: &store,
            vault: &vault,
            quota: Some(ConnectionQuota {
                most: 5,
                most_of_project: 5,
                hits: &hits,
            }),
        };
        let owner = Owner::Organization(DEFAULT_ORGANIZATION.to_owned());
        let material = material(None);
        let put = || connections.put(place(&owner, Some("work")), Receiver::New, &material);
        assert_eq!(put().await.unwrap().name, "work");
        let second = put().await;
        assert!(
            matches!(&second, Err(PutError::NameTaken(name)) if name == "work"),
            "{second:?}"
        );
    }
}
