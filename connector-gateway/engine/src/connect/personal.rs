//! A caller's own accounts: those of the organizations that its token may use.

use std::collections::{BTreeMap, HashSet};

use plugwright_sdk::auth::{Scheme, SchemeKind};
use plugwright_sdk::host::{Connector, Echo, nearest};
use plugwright_sdk::{ActionError, Auth, Credential, ErrorCode};
use plugwright_store::{
    Asked, Connection, ConnectionFilter, ConnectionRequest, EndedConnection, Owner, RequestError,
    StoreError,
};
use uuid::Uuid;

use super::{Connect, NewRequest, Standing, Submitted, code};
use crate::call::OwnerSelector;
use crate::catalog::Catalog;
use crate::pipeline;
use crate::principal::Principal;
use crate::settings::Policy;

/// Connects and disconnects accounts for a caller, as far as its grant goes.
#[derive(Clone, Copy)]
pub struct Personal<'a> {
    /// Connects the accounts.
    pub connect: Connect<'a>,
    policy: &'a Policy,
    catalog: &'a Catalog,
    principal: &'a Principal,
}

/// What a caller wants to have connected.
pub struct Wish {
    /// `None` is the first that the token may use.
    pub organization: Option<String>,
    /// The connector.
    pub connector: Connector,
    /// How it is to be connected.
    pub asked: Asked,
    /// The connection that is to be connected again.
    pub again: Option<Connection>,
    /// Whether open requests for the same connector end with this one.
    pub supersedes: bool,
}

/// A key and what belongs to it, as it was given.
pub struct Given {
    /// The scheme that the key is for.
    pub scheme: SchemeKind,
    /// The key.
    pub credential: Credential,
    /// Settings of the connector.
    pub settings: BTreeMap<String, String>,
}

impl<'a> Personal<'a> {
    /// Returns the use cases for a caller.
    ///
    /// # Errors
    ///
    /// `CONNECTION_NOT_ALLOWED` for the key of a project, which has no accounts of its own.
    pub fn new(
        connect: Connect<'a>,
        policy: &'a Policy,
        catalog: &'a Catalog,
        principal: &'a Principal,
    ) -> Result<Self, ActionError> {
        if principal.project.is_some() {
            return Err(denied(
                "a project's key acts for end users alone: their accounts are at `/v1/saas`",
            ));
        }
        Ok(Self {
            connect,
            policy,
            catalog,
            principal,
        })
    }

    /// Returns the connectors that the caller may call or connect accounts of.
    pub fn connectors(self) -> impl Iterator<Item = &'a Connector> {
        let known = self.connect.registry.connectors().iter();
        known.filter(move |connector| self.sees(connector.name()))
    }

    /// Finds one of them.
    ///
    /// # Errors
    ///
    /// `CONNECTOR_NOT_FOUND`, with the nearest name.
    pub fn connector(self, name: &str) -> Result<&'a Connector, ActionError> {
        let found = self.connectors().find(|known| known.name() == name);
        found.ok_or_else(|| {
            let known = self.connectors().map(Connector::name);
            let near = nearest::did_you_mean(name, known).unwrap_or_default();
            ActionError::new(
                ErrorCode::ConnectorNotFound,
                format!("no connector is named `{}`{near}", Echo(name)),
            )
        })
    }

    fn sees(self, connector: &str) -> bool {
        let entries = self.connect.registry.actions().iter();
        self.principal.grant.connect.matches(connector)
            || entries
                .filter(|entry| entry.connector.name() == connector)
                .any(|entry| {
                    pipeline::allows(self.policy, self.catalog, self.principal, &entry.id())
                })
    }

    /// Tells whether the caller may connect and disconnect accounts of a connector.
    pub fn may_connect(self, connector: &str) -> bool {
        self.principal.grant.connect.matches(connector)
    }

    fn check_grant(self, connector: &str) -> Result<(), ActionError> {
        if self.may_connect(connector) {
            return Ok(());
        }
        Err(denied(format!(
            "the token may not connect or disconnect accounts of `{0}`: an operator \
             grants that, by `plugwright token update ID --connect {0}`",
            Echo(connector)
        )))
    }

    /// Returns the owner that a caller names, or its first; it exists.
    async fn owner(self, organization: Option<&str>) -> Result<Owner, ActionError> {
        let selector = OwnerSelector::Organization(organization.map(str::to_owned));
        let owner = pipeline::owner(self.principal, &selector)?;
        let known = self.connect.storage.store.organizations().await?;
        match owner.organization() {
            Some(name) if known.iter().all(|known| known.name != name) => {
                Err(denied(format!("there is no organization `{}`", Echo(name))))
            }
            _ => Ok(owner),
        }
    }

    /// Returns the organization that a caller names, or its first.
    ///
    /// # Errors
    ///
    /// `CONNECTION_NOT_ALLOWED` if it may not be used, or is none.
    pub async fn organization(self, named: Option<&str>) -> Result<String, ActionError> {
        let owner = self.owner(named).await?;
        let name = owner.organization().map(str::to_owned);
        name.ok_or_else(|| denied("the token has no access to any organization"))
    }

    /// Returns all owners whose accounts the caller may use.
    async fn owners(self) -> Result<Vec<Owner>, ActionError> {
        let granted = &self.principal.grant.organizations;
        let names: Vec<_> = if granted.iter().any(|name| name == "*") {
            let known = self.connect.storage.store.organizations().await?;
            known.into_iter().map(|known| known.name).collect()
        } else {
            granted.clone()
        };
        Ok(names.into_iter().map(Owner::Organization).collect())
    }

    /// Tells whether the caller may use what belongs to an owner.
    fn has(self, owner: &Owner) -> bool {
        let granted = &self.principal.grant.organizations;
        owner.organization().is_some_and(|own| {
            granted.iter().any(|name| name == "*") || granted.iter().any(|name| name == own)
        })
    }

    fn has_connection(self, connection: &Connection) -> bool {
        let granted = self.principal.grant.connections.as_ref();
        self.has(&connection.owner)
            && granted.is_none_or(|granted| granted.contains(&connection.id))
            && self.sees(&connection.connector)
    }

    /// Returns the caller's connections, of all its organizations unless one is named, the newest
    /// first.
    pub async fn connections(
        self,
        organization: Option<&str>,
    ) -> Result<Vec<Connection>, ActionError> {
        let owners = match organization {
            Some(_) => vec![self.owner(organization).await?],
            None => self.owners().await?,
        };
        let mut found = Vec::new();
        for owner in owners {
            let filter = ConnectionFilter {
                owner: Some(owner),
                connector: None,
                ..ConnectionFilter::default()
            };
            found.extend(self.connect.storage.store.connections(&filter).await?);
        }
        found.retain(|connection| self.has_connection(connection));
        found.sort_by_key(|connection| std::cmp::Reverse((connection.created_at, connection.id)));
        Ok(found)
    }

    /// Returns a connection of the caller's.
    pub async fn connection(self, id: Uuid) -> Result<Option<Connection>, ActionError> {
        let found = self.connect.connection(id).await?;
        Ok(found.filter(|connection| self.has_connection(connection)))
    }

    /// Returns what is left of a connection of the caller's that was deleted.
    pub async fn ended(self, id: Uuid) -> Result<Option<EndedConnection>, ActionError> {
        let found = self.connect.storage.store.ended_connection(id).await?;
        let granted = self.principal.grant.connections.as_ref();
        Ok(found.filter(|ended| {
            self.has(&Owner::Organization(ended.organization.clone()))
                && granted.is_none_or(|granted| granted.contains(&ended.id))
                && self.sees(&ended.connector)
        }))
    }

    /// Returns a connection of the caller's by id or, in an organization, by name.
    ///
    /// # Errors
    ///
    /// `CONNECTION_NOT_FOUND`.
    pub async fn named(
        self,
        organization: Option<&str>,
        connector: &str,
        name: &str,
    ) -> Result<Connection, ActionError> {
        let found = match Uuid::try_parse(name) {
            Ok(id) => self.connection(id).await?,
            Err(_) => {
                let owner = self.owner(organization).await?;
                let own = self.connections(organization).await?;
                own.into_iter()
                    .find(|own| own.name == name && own.owner == owner)
            }
        };
        let found = found.filter(|found| found.connector == connector);
        found.ok_or_else(|| {
            ActionError::new(
                ErrorCode::ConnectionNotFound,
                format!("there is no connection `{}` to `{connector}`", Echo(name)),
            )
        })
    }

    /// Returns the caller's open requests for accounts that are not connected yet, the newest first.
    pub async fn pending(
        self,
        organization: Option<&str>,
    ) -> Result<Vec<ConnectionRequest>, ActionError> {
        let owners = match organization {
            Some(_) => vec![self.owner(organization).await?],
            None => self.owners().await?,
        };
        let stored = self.connections(organization).await?;
        let stored: HashSet<_> = stored.iter().map(|connection| connection.id).collect();
        let mut found = Vec::new();
        for owner in owners {
            found.extend(self.connect.storage.store.requests(&owner).await?);
        }
        found.retain(|request| {
            self.connect.standing(request) == Standing::Initiated
                && self.may_connect(&request.connector)
                && !stored.contains(&request.connection)
        });
        found.sort_by_key(|request| std::cmp::Reverse((request.created_at, request.id)));
        Ok(found)
    }

    /// Returns a request of the caller's.
    pub async fn request(self, id: Uuid) -> Result<Option<ConnectionRequest>, ActionError> {
        let found = self.connect.request(id).await?;
        Ok(found.filter(|request| self.has_request(request)))
    }

    /// Returns the latest request of the caller's for a connection.
    pub async fn request_for(
        self,
        connection: Uuid,
    ) -> Result<Option<ConnectionRequest>, ActionError> {
        let found = self.connect.storage.store.request_for(connection).await?;
        Ok(found.filter(|request| self.has_request(request)))
    }

    fn has_request(self, request: &ConnectionRequest) -> bool {
        self.has(&request.owner) && self.may_connect(&request.connector)
    }

    /// Makes a request that a person finishes in a browser.
    ///
    /// # Errors
    ///
    /// As [`Connect::start`]; `CONNECTION_NOT_ALLOWED` if it is not granted.
    pub async fn start(self, wish: Wish) -> Result<ConnectionRequest, ActionError> {
        self.connect.start(self.granted(wish).await?).await
    }

    /// Makes a request that a key finishes, given with [`submit`](Self::submit) or in a browser.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start), but that the gateway may be without an address for browsers.
    pub async fn prepare(self, wish: Wish) -> Result<ConnectionRequest, ActionError> {
        self.connect.prepare(self.granted(wish).await?).await
    }

    async fn granted(self, mut wish: Wish) -> Result<NewRequest, ActionError> {
        self.check_grant(wish.connector.name())?;
        wish.asked.principal = Some(self.principal.id.clone());
        let owner = match &wish.again {
            Some(connection) => {
                as_before(connection, &wish.connector, &mut wish.asked);
                connection.owner.clone()
            }
            None if self.principal.grant.connections.is_some() => {
                return Err(denied(
                    "the token is for certain connections, so it can connect those again, and no \
                     others",
                ));
            }
            None => self.owner(wish.organization.as_deref()).await?,
        };
        Ok(NewRequest {
            budget: self.principal.budget().into_owned(),
            owner,
            connector: wish.connector,
            asked: wish.asked,
            again: wish.again,
            supersedes: wish.supersedes,
        })
    }

    /// Finishes a request with a key. The provider's refusal leaves it open.
    ///
    /// # Errors
    ///
    /// What the provider says of the key; `CONFLICT` if the request has ended, or the account does
    /// not fit.
    pub async fn submit(
        self,
        request: ConnectionRequest,
        given: Given,
    ) -> Result<Connection, ActionError> {
        self.check_grant(&request.connector)?;
        if self.connect.standing(&request) != Standing::Initiated {
            return Err(ActionError::new(
                ErrorCode::Conflict,
                "the request to connect this account has ended: start another",
            ));
        }
        let submitted = self
            .connect
            .submit(request, given.scheme, given.credential, given.settings)
            .await?;
        match submitted {
            Submitted::Ended(ended) => ended.result.map_err(conflict),
            Submitted::Refused(error) => Err(error),
        }
    }

    /// Connects an account by a key, at once: nothing is left if the provider refuses it.
    ///
    /// # Errors
    ///
    /// As [`submit`](Self::submit).
    pub async fn connect_by_key(self, wish: Wish, given: Given) -> Result<Connection, ActionError> {
        let request = self.prepare(wish).await?;
        let id = request.id;
        let connected = self.submit(request, given).await;
        if let Err(error) = &connected {
            let error = RequestError {
                code: code::PROVIDER.to_owned(),
                message: error.message().to_owned(),
            };
            self.fail(id, error).await?;
        }
        connected
    }

    /// Deletes a connection that is not connected yet, or never will be.
    ///
    /// # Errors
    ///
    /// `CONNECTION_NOT_ALLOWED` if it is not granted; `CONFLICT` if it was connected meanwhile.
    pub async fn abandon(self, request: &ConnectionRequest) -> Result<(), ActionError> {
        self.check_grant(&request.connector)?;
        let store = &self.connect.storage.store;
        let ended = EndedConnection {
            id: request.connection,
            organization: request.owner.organization().unwrap_or_default().to_owned(),
            connector: request.connector.clone(),
            name: request.asked.name.clone(),
            label: request.asked.label.clone(),
            created_at: request.created_at,
            ended_at: store.now(),
        };
        Ok(store.end_connection(&ended).await?)
    }

    async fn fail(self, request: Uuid, error: RequestError) -> Result<(), ActionError> {
        match self
            .connect
            .storage
            .store
            .fail_request(request, &error)
            .await
        {
            // It ended otherwise in the meantime.
            Ok(()) | Err(StoreError::Changed(_)) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Deletes a connection, and takes back the requests to connect it again.
    ///
    /// # Errors
    ///
    /// `CONNECTION_NOT_ALLOWED` if it is not granted; as [`Connect::disconnect`].
    pub async fn disconnect(self, connection: &Connection) -> Result<(), ActionError> {
        self.check_grant(&connection.connector)?;
        self.connect.disconnect(connection).await
    }
}

/// Asks for what a connection has already, where nothing else is said.
fn as_before(connection: &Connection, connector: &Connector, asked: &mut Asked) {
    for (name, value) in &connection.settings {
        let known = asked.settings.entry(name.clone());
        known.or_insert_with(|| value.clone());
    }
    if let (None, Some(granted), Some(scheme)) =
        (&asked.scopes, &connection.scopes, connector.oauth2())
    {
        let named = |name: &str| granted.iter().any(|scope| scope == name);
        let wanted = scheme.scopes.iter().map(|scope| scope.name);
        let wanted = wanted.filter(|name| scheme.default_scopes.contains(name) || named(name));
        asked.scopes = Some(wanted.map(str::to_owned).collect());
    }
}

/// Tells whether a scheme is one whose credential people enter.
pub fn takes_key(auth: &Auth) -> bool {
    !matches!(auth.scheme, Scheme::None | Scheme::OAuth2(_))
}

fn conflict(error: RequestError) -> ActionError {
    let code = match error.code.as_str() {
        code::FAILED => ErrorCode::InternalError,
        _ => ErrorCode::Conflict,
    };
    ActionError::new(code, error.message)
}

fn denied(message: impl Into<String>) -> ActionError {
    ActionError::new(ErrorCode::ConnectionNotAllowed, message)
}
