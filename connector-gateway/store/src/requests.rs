//! Requests to connect an account.

use std::collections::BTreeMap;

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Connection, Owner, StoreError, Timestamp};

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
    pub fn withdrawn() -> Self {
        Self {
            code: WITHDRAWN.to_owned(),
            message: "the request was taken back".to_owned(),
        }
    }
}

/// The code of requests that were taken back.
pub const WITHDRAWN: &str = "request_withdrawn";

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

/// Requests to connect an account.
#[async_trait]
pub trait RequestStore: Send + Sync {
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
}
