//! Connecting accounts: requests that a person finishes in a browser, and what providers say.
//!
//! Surfaces start requests here and show how far they have come; the hosted pages finish them.

mod authorize;
mod browser;
mod entitlement;
mod finish;
pub mod personal;
mod return_uri;
mod start;

use plugwright_sdk::auth::Scheme;
use plugwright_sdk::host::{Connector, Echo, Registry};
use plugwright_sdk::{ActionError, Auth, ErrorCode};
use plugwright_store::{Connection, ConnectionRequest, Project, RequestStatus, StoreError, damage};
use schemars::JsonSchema;
use serde::Serialize;
use url::Url;
use uuid::Uuid;

use crate::connections::Connections;
use crate::metrics::LimitHits;
use crate::oauth::Registrations;
use crate::outbound::Outbound;
use crate::refresh::Refresher;
use crate::storage::Storage;

pub use authorize::Callback;
pub use browser::{Browser, sha256};
pub use finish::{Ended, Submitted};
pub use start::NewRequest;

/// Codes of requests that failed, as the wire has them.
pub mod code {
    /// Another request for the same account was made.
    pub const SUPERSEDED: &str = "request_superseded";
    /// The person did not want to connect.
    pub const CANCELLED: &str = "request_cancelled";
    /// The person said no at the provider.
    pub const DENIED: &str = "access_denied";
    /// The provider refused or failed.
    pub const PROVIDER: &str = "provider_error";
    /// The name is in use.
    pub const ALIAS: &str = "connection_alias_conflict";
    /// The account is not that of the connection.
    pub const ACCOUNT: &str = "connection_account_conflict";
    /// The provider has no client of the gateway's.
    pub const NOT_CONFIGURED: &str = "provider_not_configured";
    /// The gateway failed.
    pub const FAILED: &str = "internal_error";
    /// The request was too old.
    pub const EXPIRED: &str = "request_expired";
    pub use plugwright_store::WITHDRAWN;
}

/// Connects accounts where things are kept.
#[derive(Clone, Copy)]
pub struct Connect<'a> {
    pub(crate) storage: &'a Storage,
    pub(crate) registry: &'a Registry,
    /// The gateway's registrations at providers.
    pub registrations: Registrations<'a>,
    pub(crate) refresher: Option<&'a Refresher>,
    pub(crate) outbound: &'a Outbound,
    pub(crate) limits: &'a ConnectLimits,
    pub(crate) hits: &'a LimitHits,
    /// Where browsers reach the gateway; none where they don't, or where it is not known.
    pub(crate) public_url: Option<&'a Url>,
}

/// How far requests to connect accounts may go.
#[derive(Clone, Debug, Default)]
pub(crate) struct ConnectLimits {
    /// Connect requests that one principal may have open.
    pub(crate) open_requests: usize,
    /// Where browsers may be sent back to after an organization's account was connected.
    pub(crate) return_uris: Vec<String>,
}

/// How a request stands, as it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Standing {
    /// It waits for the person.
    Initiated,
    /// The account is connected.
    Connected,
    /// It ended without an account.
    Failed,
    /// Nobody finished it in time.
    Expired,
}

impl<'a> Connect<'a> {
    /// Returns the base URL of a connector's API, which may be a template over settings: its own, or
    /// the one that the configuration sets.
    pub fn base_url<'c>(&self, connector: &'c Connector) -> &'c str
    where
        'a: 'c,
    {
        self.outbound.base_url_of(connector)
    }

    /// Returns a request, whoever asked for it.
    pub async fn request(&self, id: Uuid) -> Result<Option<ConnectionRequest>, ActionError> {
        match self.storage.store.request(id).await {
            // Nobody can finish it, and its time is soon over.
            Err(error @ StoreError::Corrupt { .. }) => {
                damage::note("connection request", &id.to_string(), &error);
                Ok(None)
            }
            found => Ok(found?),
        }
    }

    /// Returns how a request stands now.
    pub fn standing(&self, request: &ConnectionRequest) -> Standing {
        match request.status {
            RequestStatus::Connected => Standing::Connected,
            RequestStatus::Failed => Standing::Failed,
            RequestStatus::Initiated if request.is_open(self.storage.store.now()) => {
                Standing::Initiated
            }
            RequestStatus::Initiated => Standing::Expired,
        }
    }

    /// Returns the project that asks, if an end user's account is to be connected.
    pub async fn project(
        &self,
        request: &ConnectionRequest,
    ) -> Result<Option<Project>, ActionError> {
        match request.owner.project() {
            Some(id) => Ok(self.storage.store.project(id).await?),
            None => Ok(None),
        }
    }

    /// Returns the connector of a request or a connection.
    pub fn connector(&self, name: &str) -> Result<&'a Connector, ActionError> {
        self.registry.connector(name).ok_or_else(|| {
            ActionError::new(
                ErrorCode::ConnectorNotFound,
                format!("no connector is named `{}`", Echo(name)),
            )
        })
    }

    /// Returns the connections that there are.
    pub(crate) fn connections(&self) -> Connections<'a> {
        Connections {
            store: &*self.storage.store,
            vault: &self.storage.vault,
            registry: self.registry,
            identity: self.outbound,
            refresher: self.refresher,
        }
    }

    /// Returns an address below the public URL.
    ///
    /// # Errors
    ///
    /// `PROVIDER_NOT_CONFIGURED` if there is no public URL.
    pub fn address(&self, path: &str) -> Result<Url, ActionError> {
        let public = self.check_public_url()?;
        let mut url = public.clone();
        url.set_path(&format!("{}{path}", public.path().trim_end_matches('/')));
        Ok(url)
    }

    fn check_public_url(&self) -> Result<&'a Url, ActionError> {
        self.public_url.ok_or_else(|| {
            ActionError::new(
                ErrorCode::ProviderNotConfigured,
                "accounts can't be connected in a browser before `public_url` is set: the address \
                 under which browsers reach this gateway",
            )
        })
    }

    /// Tells whether browsers reach the gateway by https.
    pub fn is_https(&self) -> bool {
        self.public_url.is_some_and(|url| url.scheme() == "https")
    }

    /// Returns the path of the public URL, without a slash at the end.
    pub fn base_path(&self) -> &'a str {
        self.public_url
            .map_or("", |url| url.path().trim_end_matches('/'))
    }

    /// Returns how long a request lives, in minutes that have begun.
    pub fn minutes_left(&self, request: &ConnectionRequest) -> u64 {
        let left = request.expires_at.as_millis() - self.storage.store.now().as_millis();
        u64::try_from(left).unwrap_or_default().div_ceil(60_000)
    }

    /// Returns the connection of this id.
    pub async fn connection(&self, id: Uuid) -> Result<Option<Connection>, ActionError> {
        Ok(self.storage.store.connection(id).await?)
    }

    /// Forgets what is in memory, after a change.
    fn changed(&self) {
        self.storage.directory.forget();
    }
}

/// Tells whether the gateway gets a credential of this scheme by itself (client credentials).
pub fn is_without_a_person(auth: &Auth) -> bool {
    matches!(auth.scheme, Scheme::OAuth2(oauth2) if oauth2.authorization_endpoint.is_none())
}
