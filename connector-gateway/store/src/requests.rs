//! Requests to connect an account.

use std::collections::BTreeMap;

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Connection, Owner, StoreError, Timestamp};

plugwright_sdk::__spelled! {
    /// The status of a request.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
    #[serde(rename_all = "snake_case")]
    pub enum RequestStatus {
        /// Open, or expired.
        Initiated = "initiated",
        /// The account is connected.
        Connected = "connected",
        /// It can no longer be completed.
        Failed = "failed",
    }
}

/// Why a request failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestError {
    /// The code on the wire.
    pub code: String,
    /// The message for people.
    pub message: String,
    /// The provider's code, if it refused and gave one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_code: Option<String>,
}

impl RequestError {
    /// The error of a request that was withdrawn, or whose connection was deleted.
    pub fn withdrawn() -> Self {
        Self {
            code: WITHDRAWN.to_owned(),
            message: "the request was taken back".to_owned(),
            provider_code: None,
        }
    }
}

/// The code of withdrawn requests.
pub const WITHDRAWN: &str = "request_withdrawn";

/// The details of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestDetails {
    /// The provider config of an end user's account.
    pub provider_config: Option<Uuid>,
    /// Name of the connection; `None` picks the first free one.
    pub name: Option<String>,
    /// Display name of the connection.
    pub label: Option<String>,
    /// Known settings of the connection.
    pub settings: BTreeMap<String, String>,
    /// The scopes to request; `None` for the connector's default.
    pub scopes: Option<Vec<String>>,
    /// Whether the provider should let people choose an account.
    pub select_account: bool,
    /// Where the browser returns in the end.
    pub return_uri: Option<String>,
    /// Id of the requesting principal. Requests of earlier versions have none.
    pub principal: Option<String>,
}

/// A request that a person connects an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionRequest {
    /// Id, random: whoever knows it can connect an account.
    pub id: Uuid,
    /// The owner of the connection.
    pub owner: Owner,
    /// The connector's name.
    pub connector: String,
    /// Id of the connection that it creates or reconnects.
    pub connection: Uuid,
    /// Its details.
    pub details: RequestDetails,
    /// Its status.
    pub status: RequestStatus,
    /// Why it failed.
    pub error: Option<RequestError>,
    /// Hash of the secret of the browser that began to authorize.
    pub browser: Option<[u8; 32]>,
    /// When it expires.
    pub expires_at: Timestamp,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl ConnectionRequest {
    /// Returns whether it can still be completed.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.status == RequestStatus::Initiated && now < self.expires_at
    }
}

/// A principal's quota.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota<'a> {
    /// The principal: a token, or a project with all its keys.
    pub principal: &'a str,
    /// Most open requests.
    pub most: usize,
    /// How many open requests of the same owner and connector, the latest, a new one does not
    /// supersede.
    pub beside: usize,
}

impl Quota<'_> {
    /// Returns how many ended requests are kept, for those that query the result.
    pub fn kept(self) -> usize {
        const MOST: usize = 10_000;

        self.most.saturating_mul(10).min(self.most.max(MOST))
    }
}

/// Requests to connect an account.
#[async_trait]
pub trait RequestStore: Send + Sync {
    /// Stores a new request. With `supersede`, open ones of the same principal, owner and connector
    /// fail with that error, but for the latest [`Quota::beside`] of them. If its principal then has as
    /// many open ones as its quota permits, that is [`StoreError::TooMany`]. Only the latest ended ones
    /// are kept ([`Quota::kept`]).
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

    /// Returns an owner's requests, newest first.
    async fn requests(&self, owner: &Owner) -> Result<Vec<ConnectionRequest>, StoreError>;

    /// Stores hashes of the browser's secret and of the state, and the present details, before a
    /// browser is sent to the provider. [`StoreError::Changed`] if the request is no longer open.
    async fn begin_authorization(
        &self,
        id: Uuid,
        details: &RequestDetails,
        browser: &[u8; 32],
        state: &[u8; 32],
    ) -> Result<(), StoreError>;

    /// Returns the open request of a state and deletes the state: it is valid once, and only for
    /// the same browser. `None` changes nothing.
    async fn take_authorization(
        &self,
        state: &[u8; 32],
        browser: &[u8; 32],
    ) -> Result<Option<ConnectionRequest>, StoreError>;

    /// Stores the connection of a request, replacing one with its id, and marks the request as
    /// connected. Returns the connection as stored. [`StoreError::Changed`] if the request is no
    /// longer open.
    async fn finish_request(
        &self,
        id: Uuid,
        connection: &Connection,
    ) -> Result<Connection, StoreError>;

    /// Marks an open request as failed. [`StoreError::Changed`] if it is no longer open.
    async fn fail_request(&self, id: Uuid, error: &RequestError) -> Result<(), StoreError>;

    /// Deletes requests that expired before `then`; returns how many.
    async fn forget_requests(&self, then: Timestamp) -> Result<u64, StoreError>;
}
