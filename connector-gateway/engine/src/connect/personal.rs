//! A caller's own accounts: those of the organizations in its token's grant.

use std::collections::HashSet;

use plugwright_sdk::auth::Scheme;
use plugwright_sdk::host::{Connector, Echo};
use plugwright_sdk::{ActionError, Auth, ErrorCode};
use plugwright_store::{
    Connection, ConnectionFilter, ConnectionRequest, EndedConnection, Owner, RequestDetails,
    RequestError,
};
use uuid::Uuid;

use super::finish::failure;
use super::start::has_accounts;
use super::{Connect, FormResult, NewRequest, Standing, code};
use crate::call::OwnerSelector;
use crate::catalog::unknown_connector;
use crate::connections::credential::CheckedCredential;
use crate::pipeline;
use crate::principal::Principal;
use crate::settings::Policy;

/// Connects and disconnects accounts within a caller's grant.
#[derive(Clone, Copy)]
pub struct Personal<'a> {
    /// Connects the accounts.
    pub connect: Connect<'a>,
    policy: &'a Policy,
    principal: &'a Principal,
}

/// An account that a caller wants to connect.
pub struct AccountRequest {
    /// `None` is the first one in the token's grant.
    pub organization: Option<String>,
    /// The connector.
    pub connector: Connector,
    /// Details of the request.
    pub details: RequestDetails,
    /// The connection to reconnect.
    pub again: Option<Connection>,
    /// Whether this request replaces open ones for the same connector.
    pub supersedes: bool,
}

impl<'a> Personal<'a> {
    /// Returns the accounts of a caller.
    ///
    /// # Errors
    ///
    /// `CONNECTION_NOT_ALLOWED` for a project's key, which has no accounts of its own.
    pub fn new(
        connect: Connect<'a>,
        policy: &'a Policy,
        principal: &'a Principal,
    ) -> Result<Self, ActionError> {
        if principal.project.is_some() {
            return Err(denied(
                "a project's key can only act for end users: their accounts are at `/v1/saas`",
            ));
        }
        Ok(Self {
            connect,
            policy,
            principal,
        })
    }

    /// Returns the connectors that the caller may call or connect accounts of.
    pub fn connectors(self) -> impl Iterator<Item = &'a Connector> {
        let known = self.connect.registry.connectors();
        known.filter(move |connector| self.sees(connector))
    }

    /// Returns one of them.
    ///
    /// # Errors
    ///
    /// `CONNECTOR_NOT_FOUND`, with the nearest name.
    pub fn connector(self, name: &str) -> Result<&'a Connector, ActionError> {
        let found = self.connect.registry.connector(name);
        found
            .filter(|connector| self.sees(connector))
            .ok_or_else(|| {
                unknown_connector("connector", name, self.connectors().map(Connector::name))
            })
    }

    fn sees(self, connector: &Connector) -> bool {
        let name = connector.name();
        self.may_connect(name)
            || connector.outline().any(|(action, effect)| {
                let id = format!("{name}.{action}");
                pipeline::allows(self.policy, self.principal, &id, effect)
            })
    }

    /// Returns whether the caller may connect and disconnect accounts of a connector.
    pub fn may_connect(self, connector: &str) -> bool {
        self.principal.grant.connect.matches(connector)
    }

    fn check_grant(self, connector: &str) -> Result<(), ActionError> {
        if self.may_connect(connector) {
            return Ok(());
        }
        Err(denied(format!(
            "the token may not connect or disconnect accounts of `{0}`; an operator can \
             allow it by adding `{0}` to the token's `--connect` list",
            Echo(connector)
        )))
    }

    /// Returns the owner that a caller names, or its first; fails if it does not exist.
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
    /// `CONNECTION_NOT_ALLOWED` if it does not exist or may not be used.
    pub async fn organization(self, named: Option<&str>) -> Result<String, ActionError> {
        let owner = self.owner(named).await?;
        let name = owner.organization().map(str::to_owned);
        name.ok_or_else(|| denied("the token has no access to any organization"))
    }

    /// Returns the owner that a caller names, or all that it may use.
    async fn owners(self, organization: Option<&str>) -> Result<Vec<Owner>, ActionError> {
        if organization.is_some() {
            return Ok(vec![self.owner(organization).await?]);
        }
        let granted = &self.principal.grant.organizations;
        let names: Vec<_> = if granted.iter().any(|name| name == "*") {
            let known = self.connect.storage.store.organizations().await?;
            known.into_iter().map(|known| known.name).collect()
        } else {
            granted.clone()
        };
        Ok(names.into_iter().map(Owner::Organization).collect())
    }

    fn has(self, owner: &Owner) -> bool {
        let granted = &self.principal.grant.organizations;
        owner
            .organization()
            .is_some_and(|own| granted.iter().any(|name| name == "*" || name == own))
    }

    fn has_connection(self, connection: &Connection) -> bool {
        self.may_use(&connection.owner, connection.id, &connection.connector)
    }

    fn may_use(self, owner: &Owner, connection: Uuid, connector: &str) -> bool {
        let granted = self.principal.grant.connections.as_ref();
        self.has(owner)
            && granted.is_none_or(|granted| granted.contains(&connection))
            && (self.may_connect(connector)
                || self
                    .connect
                    .registry
                    .connector(connector)
                    .is_some_and(|connector| self.sees(connector)))
    }

    /// Returns the caller's connections in one or all of its organizations, newest first.
    pub async fn connections(
        self,
        organization: Option<&str>,
    ) -> Result<Vec<Connection>, ActionError> {
        let mut found = Vec::new();
        for owner in self.owners(organization).await? {
            let filter = ConnectionFilter {
                owner: Some(owner),
                ..ConnectionFilter::default()
            };
            found.extend(self.connect.storage.store.connections(&filter).await?);
        }
        found.retain(|connection| self.has_connection(connection));
        found.sort_by_key(|connection| std::cmp::Reverse((connection.created_at, connection.id)));
        Ok(found)
    }

    /// Returns one of the caller's connections.
    pub async fn connection(self, id: Uuid) -> Result<Option<Connection>, ActionError> {
        let found = self.connect.connection(id).await?;
        Ok(found.filter(|connection| self.has_connection(connection)))
    }

    /// Returns the record of a deleted connection of the caller's.
    pub async fn ended(self, id: Uuid) -> Result<Option<EndedConnection>, ActionError> {
        let found = self.connect.storage.store.ended_connection(id).await?;
        Ok(found.filter(|ended| {
            let owner = Owner::Organization(ended.organization.clone());
            self.may_use(&owner, ended.id, &ended.connector)
        }))
    }

    /// Returns one of the caller's connections, by id or by its name in an organization.
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

    /// Returns the caller's open requests for accounts that are not connected yet, newest first.
    pub async fn pending(
        self,
        organization: Option<&str>,
    ) -> Result<Vec<ConnectionRequest>, ActionError> {
        let owners = self.owners(organization).await?;
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

    /// Returns one of the caller's requests.
    pub async fn request(self, id: Uuid) -> Result<Option<ConnectionRequest>, ActionError> {
        let found = self.connect.request(id).await?;
        Ok(found.filter(|request| self.has_request(request)))
    }

    /// Returns the caller's latest request for a connection.
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

    /// Creates a request that a person completes in a browser.
    ///
    /// # Errors
    ///
    /// As [`Connect::start`]; `CONNECTION_NOT_ALLOWED` if it is not granted.
    pub async fn start(self, wanted: AccountRequest) -> Result<ConnectionRequest, ActionError> {
        self.connect.start(self.granted(wanted).await?).await
    }

    /// Creates a request to complete with a key, by [`submit`](Self::submit) or in a browser.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start), except that no public URL is needed.
    pub async fn prepare(self, wanted: AccountRequest) -> Result<ConnectionRequest, ActionError> {
        self.connect.prepare(self.granted(wanted).await?).await
    }

    async fn granted(self, mut wanted: AccountRequest) -> Result<NewRequest, ActionError> {
        // A grant for a connector without accounts would be of no use.
        has_accounts(&wanted.connector)?;
        self.check_grant(wanted.connector.name())?;
        wanted.details.principal = Some(self.principal.id.clone());
        let owner = match &wanted.again {
            Some(connection) => {
                as_before(connection, &wanted.connector, &mut wanted.details);
                connection.owner.clone()
            }
            None if self.principal.grant.connections.is_some() => {
                return Err(denied(
                    "the token is limited to certain connections, so it can reconnect those but no \
                     others",
                ));
            }
            None => self.owner(wanted.organization.as_deref()).await?,
        };
        Ok(NewRequest {
            budget: self.principal.budget().into_owned(),
            owner,
            connector: wanted.connector,
            details: wanted.details,
            again: wanted.again,
            supersedes: wanted.supersedes.then_some(0),
        })
    }

    /// Completes a request with a key. If the provider rejects it, the request stays open.
    ///
    /// # Errors
    ///
    /// The provider's error; `CONFLICT` if the request has ended or the account differs.
    pub async fn submit(
        self,
        request: ConnectionRequest,
        given: CheckedCredential,
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
            FormResult::Ended(ended) => ended.result.map_err(conflict),
            FormResult::Refused(error) => Err(error),
        }
    }

    /// Connects an account with a key, in one step: a rejected key leaves nothing behind.
    ///
    /// # Errors
    ///
    /// As [`submit`](Self::submit).
    pub async fn connect_by_key(
        self,
        wanted: AccountRequest,
        given: CheckedCredential,
    ) -> Result<Connection, ActionError> {
        let request = self.prepare(wanted).await?;
        let id = request.id;
        let connected = self.submit(request, given).await;
        if let Err(error) = &connected {
            let error = failure(code::PROVIDER, error.message());
            self.connect.fail(id, &error).await?;
        }
        connected
    }

    /// Deletes a connection that was never connected.
    ///
    /// # Errors
    ///
    /// `CONNECTION_NOT_ALLOWED` if it is not granted; `CONFLICT` if it has been connected since.
    pub async fn abandon(self, request: &ConnectionRequest) -> Result<(), ActionError> {
        self.check_grant(&request.connector)?;
        let store = &self.connect.storage.store;
        let ended = EndedConnection {
            id: request.connection,
            organization: request.owner.organization().unwrap_or_default().to_owned(),
            connector: request.connector.clone(),
            name: request.details.name.clone(),
            label: request.details.label.clone(),
            created_at: request.created_at,
            ended_at: store.now(),
        };
        Ok(store.end_connection(&ended).await?)
    }

    /// Deletes a connection and the requests to reconnect it.
    ///
    /// # Errors
    ///
    /// `CONNECTION_NOT_ALLOWED` if it is not granted; as [`Connect::disconnect`].
    pub async fn disconnect(self, connection: &Connection) -> Result<(), ActionError> {
        self.check_grant(&connection.connector)?;
        self.connect.disconnect(connection).await
    }
}

/// Takes over what a connection already has, unless the request says otherwise.
fn as_before(connection: &Connection, connector: &Connector, details: &mut RequestDetails) {
    for (name, value) in &connection.settings {
        let known = details.settings.entry(name.clone());
        known.or_insert_with(|| value.clone());
    }
    if let (None, Some(granted), Some(scheme)) =
        (&details.scopes, &connection.scopes, connector.oauth2())
    {
        let named = |name: &str| granted.iter().any(|scope| scope == name);
        let wanted = scheme.scopes.iter().map(|scope| scope.name);
        let wanted = wanted.filter(|name| scheme.default_scopes.contains(name) || named(name));
        details.scopes = Some(wanted.map(str::to_owned).collect());
    }
}

/// Returns whether people enter the credential of a scheme.
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
