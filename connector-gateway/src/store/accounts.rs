//! Projects, their end users' accounts, OAuth clients, and requests to connect.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Connection, EndedConnection, Owner, StoreError};
use crate::time::Timestamp;
use crate::vault::Sealed;

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

/// Whose an OAuth client is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ClientOf<'a> {
    /// The operator's, for a connector.
    Connector(&'a str),
    /// A provider config's own.
    ProviderConfig(Uuid),
}

/// The gateway's registration at a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OAuthClient {
    /// Id; the secret's associated data.
    pub id: Uuid,
    /// The connector's name.
    pub connector: String,
    /// The provider config whose own it is; `None` is the operator's.
    pub provider_config: Option<Uuid>,
    /// The client's id at the provider.
    pub client_id: String,
    /// The client's secret, sealed; public clients have none.
    pub secret: Option<Sealed>,
    /// When it was set.
    pub updated_at: Timestamp,
}

impl OAuthClient {
    /// Returns whose it is.
    pub fn of(&self) -> ClientOf<'_> {
        match self.provider_config {
            Some(id) => ClientOf::ProviderConfig(id),
            None => ClientOf::Connector(&self.connector),
        }
    }
}

/// How far a request to connect has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RequestStatus {
    /// Nobody has finished it. Once its time is over, it has expired.
    Initiated,
    /// The account is connected.
    Connected,
    /// It can't be finished any more.
    Failed,
}

impl RequestStatus {
    /// Returns the spelling by which it is stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Initiated => "initiated",
            Self::Connected => "connected",
            Self::Failed => "failed",
        }
    }

    /// Reads that spelling.
    pub fn from_text(text: &str) -> Option<Self> {
        [Self::Initiated, Self::Connected, Self::Failed]
            .into_iter()
            .find(|status| status.as_str() == text)
    }
}

/// Why a request failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestError {
    /// A code of the wire.
    pub code: String,
    /// For people.
    pub message: String,
}

impl RequestError {
    /// Says that a request was taken back, or its connection deleted.
    pub(crate) fn withdrawn() -> Self {
        Self {
            code: WITHDRAWN.to_owned(),
            message: "the request was taken back".to_owned(),
        }
    }
}

/// The code of requests that were taken back.
pub(crate) const WITHDRAWN: &str = "request_withdrawn";

/// What a request to connect asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The provider config, where an end user's account is to be connected.
    pub provider_config: Option<Uuid>,
    /// Name of the connection; `None` is the first that is free.
    pub name: Option<String>,
    /// What people call the connection.
    pub label: Option<String>,
    /// Settings of the connection that are known already.
    pub settings: BTreeMap<String, String>,
    /// The scopes to ask for; `None` is as the connector says.
    pub scopes: Option<Vec<String>>,
    /// Whether the provider is to let people choose an account.
    pub select_account: bool,
    /// Where the browser is to be sent in the end.
    pub return_uri: Option<String>,
    /// Id of the principal that asks. Those of a version before may not say.
    pub principal: Option<String>,
}

/// A person is to connect an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionRequest {
    /// Id, random: whoever knows it can connect an account.
    pub id: Uuid,
    /// Whose the connection will be.
    pub owner: Owner,
    /// The connector's name.
    pub connector: String,
    /// Id that the connection will have, or has, if it is to be connected again.
    pub connection: Uuid,
    /// What it asks for.
    pub asked: Asked,
    /// How far it has come.
    pub status: RequestStatus,
    /// Why it failed, if it did.
    pub error: Option<RequestError>,
    /// Hash of what the browser has that began to authorize.
    pub browser: Option<[u8; 32]>,
    /// When it can't be finished any more.
    pub expires_at: Timestamp,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was changed.
    pub updated_at: Timestamp,
}

impl ConnectionRequest {
    /// Tells whether it can still be finished.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.status == RequestStatus::Initiated && now < self.expires_at
    }
}

/// The right to refresh a credential, for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lease {
    /// It is the caller's.
    Taken {
        /// Proves it when the new credential is stored.
        fence: i64,
    },
    /// Another holder has it.
    Busy,
    /// The credential is another by now, or there is none any more.
    Changed,
}

/// How many of something a principal may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota<'a> {
    /// Who counts: a token, or a project with all its keys.
    pub principal: &'a str,
    /// How many may be open.
    pub most: usize,
}

impl Quota<'_> {
    /// Returns how many are kept that have ended, for whoever asks what became of them.
    pub fn kept(self) -> usize {
        self.most.saturating_mul(10)
    }
}

/// Accounts and what belongs to them.
#[async_trait]
pub trait Accounts {
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

    /// Returns an OAuth client.
    async fn oauth_client(&self, of: ClientOf<'_>) -> Result<Option<OAuthClient>, StoreError>;

    /// Returns all OAuth clients by connector, the operator's first.
    async fn oauth_clients(&self) -> Result<Vec<OAuthClient>, StoreError>;

    /// Stores an OAuth client in place of the one that is there.
    async fn put_oauth_client(&self, client: &OAuthClient) -> Result<(), StoreError>;

    /// Deletes an OAuth client.
    async fn delete_oauth_client(&self, of: ClientOf<'_>) -> Result<(), StoreError>;

    /// Stores a new request. With `supersede`, open ones of the same owner and connector fail with
    /// that error. If its principal has as many open ones as its quota allows then, that is
    /// [`StoreError::TooMany`]. Of those that have ended, only the latest are kept
    /// ([`Quota::kept`]).
    async fn create_request(
        &self,
        request: &ConnectionRequest,
        supersede: Option<&RequestError>,
        quota: Quota<'_>,
    ) -> Result<(), StoreError>;

    /// Returns a request.
    async fn request(&self, id: Uuid) -> Result<Option<ConnectionRequest>, StoreError>;

    /// Returns the latest request for a connection.
    async fn request_for(&self, connection: Uuid) -> Result<Option<ConnectionRequest>, StoreError>;

    /// Returns an owner's requests, the newest first.
    async fn requests(&self, owner: &Owner) -> Result<Vec<ConnectionRequest>, StoreError>;

    /// Notes that a browser is sent to the provider, with hashes of what it has and of the state, and
    /// what is asked for by now. [`StoreError::Changed`] if the request is not open any more.
    async fn begin_authorization(
        &self,
        id: Uuid,
        asked: &Asked,
        browser: &[u8; 32],
        state: &[u8; 32],
    ) -> Result<(), StoreError>;

    /// Returns the open request of a state, and forgets the state: it is good once, and only for
    /// the browser that began. `None` changes nothing.
    async fn take_authorization(
        &self,
        state: &[u8; 32],
        browser: &[u8; 32],
    ) -> Result<Option<ConnectionRequest>, StoreError>;

    /// Stores the connection that a request asked for, in place of the one with its id if there is
    /// one, and marks the request as connected. Returns the connection as stored.
    /// [`StoreError::Changed`] if the request is not open any more.
    async fn finish_request(
        &self,
        id: Uuid,
        connection: &Connection,
    ) -> Result<Connection, StoreError>;

    /// Marks an open request as failed. [`StoreError::Changed`] if it is not open any more.
    async fn fail_request(&self, id: Uuid, error: &RequestError) -> Result<(), StoreError>;

    /// Forgets requests whose time was over before `then`; returns how many.
    async fn forget_requests(&self, then: Timestamp) -> Result<u64, StoreError>;

    /// Notes that a connection was deleted before an account was connected; open requests for it
    /// fail. [`StoreError::Changed`] if there is the connection by now.
    async fn end_connection(&self, ended: &EndedConnection) -> Result<(), StoreError>;

    /// Returns what is kept of a connection that was deleted.
    async fn ended_connection(&self, id: Uuid) -> Result<Option<EndedConnection>, StoreError>;

    /// Forgets connections that were deleted before `then`; returns how many.
    async fn forget_ended_connections(&self, then: Timestamp) -> Result<u64, StoreError>;

    /// Takes the right to refresh the credential of a connection, if that has this version.
    async fn lease_refresh(
        &self,
        connection: Uuid,
        credential_version: i64,
        span: Duration,
    ) -> Result<Lease, StoreError>;

    /// Stores a refreshed credential: secret, scopes, expiry and status of `connection`, if the
    /// fence is still the lease's and the credential is still of `connection.credential_version`;
    /// otherwise that is [`StoreError::Changed`]. The lease ends. Returns the connection as stored.
    async fn finish_refresh(
        &self,
        connection: &Connection,
        fence: i64,
    ) -> Result<Connection, StoreError>;

    /// Ends a lease without a new credential, if it is still the caller's.
    async fn release_refresh(&self, connection: Uuid, fence: i64) -> Result<(), StoreError>;

    /// Returns the present by the clock that all processes on the store share.
    fn now(&self) -> Timestamp;
}
