//! Connecting accounts: requests that a person completes in a browser.
//!
//! Surfaces create requests and show their status; the hosted pages complete them.

mod authorize;
mod browser;
mod entitlement;
mod finish;
pub mod personal;
mod start;

use plugwright_sdk::auth::Scheme;
use plugwright_sdk::host::{Connector, Registry};
use plugwright_sdk::{ActionError, Auth, ErrorCode};
use plugwright_store::{Connection, ConnectionRequest, Project, RequestStatus, StoreError, damage};
use schemars::JsonSchema;
use serde::Serialize;
use url::Url;
use uuid::Uuid;

use crate::catalog;
use crate::connections::{ConnectionQuota, Connections};
use crate::metrics::LimitHits;
use crate::oauth::Registrations;
use crate::outbound::Outbound;
use crate::refresh::Refresher;
use crate::storage::Storage;

pub use crate::random::sha256;
pub use authorize::Callback;
pub use browser::Browser;
pub use finish::{EndedRequest, FormResult};
pub use start::NewRequest;

/// Error codes of failed requests, as on the wire.
pub mod code {
    /// Replaced by a newer request for the same account.
    pub const SUPERSEDED: &str = "request_superseded";
    /// The person declined.
    pub const CANCELLED: &str = "request_cancelled";
    /// The person denied access at the provider.
    pub const DENIED: &str = "access_denied";
    /// The provider refused or failed.
    pub const PROVIDER: &str = "provider_error";
    /// The name is in use.
    pub const ALIAS: &str = "connection_alias_conflict";
    /// The account differs from the connection's.
    pub const ACCOUNT: &str = "connection_account_conflict";
    /// No OAuth client is registered for the provider.
    pub const NOT_CONFIGURED: &str = "provider_not_configured";
    /// The gateway failed.
    pub const FAILED: &str = "internal_error";
    /// The request expired.
    pub const EXPIRED: &str = "request_expired";
    pub use plugwright_store::WITHDRAWN;
}

/// Connects accounts.
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
    pub(crate) public_url: Option<&'a Url>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct ConnectLimits {
    /// Open connect requests of one principal.
    pub(crate) open_requests: usize,
    /// Connections of one owner.
    pub(crate) connections: usize,
    /// Connections of all end users of one project.
    pub(crate) accounts: usize,
    /// URL prefixes that browsers may return to after connecting an organization's account.
    pub(crate) return_uris: Vec<String>,
}

/// The status of a request, as it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Standing {
    /// Waiting for the person.
    Initiated,
    /// The account is connected.
    Connected,
    /// Ended without an account.
    Failed,
    /// Not completed in time.
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

    /// Returns a request of any principal.
    pub async fn request(&self, id: Uuid) -> Result<Option<ConnectionRequest>, ActionError> {
        match self.storage.store.request(id).await {
            // Nobody can complete it, and it expires soon.
            Err(error @ StoreError::Corrupt { .. }) => {
                damage::note("connection request", &id.to_string(), &error);
                Ok(None)
            }
            found => Ok(found?),
        }
    }

    /// Returns the current status of a request.
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

    /// Returns the project, if an end user's account is being connected.
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
        catalog::connector(self.registry, name)
    }

    pub(crate) fn connections(&self) -> Connections<'a> {
        Connections {
            store: &*self.storage.store,
            vault: &self.storage.vault,
            registry: self.registry,
            identity: self.outbound,
            refresher: self.refresher,
            quota: Some(self.quota()),
        }
    }

    pub(crate) fn quota(&self) -> ConnectionQuota<'a> {
        ConnectionQuota {
            most: self.limits.connections,
            most_of_project: self.limits.accounts,
            hits: self.hits,
        }
    }

    /// Returns a URL below the public URL.
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

    /// Returns whether browsers use HTTPS.
    pub fn is_https(&self) -> bool {
        self.public_url.is_some_and(|url| url.scheme() == "https")
    }

    /// Returns the path of the public URL, without a trailing slash.
    pub fn base_path(&self) -> &'a str {
        self.public_url
            .map_or("", |url| url.path().trim_end_matches('/'))
    }

    /// Returns the minutes that a request has left, rounded up.
    pub fn minutes_left(&self, request: &ConnectionRequest) -> u64 {
        let left = request.expires_at.as_millis() - self.storage.store.now().as_millis();
        u64::try_from(left).unwrap_or_default().div_ceil(60_000)
    }

    /// Returns a connection by id.
    pub async fn connection(&self, id: Uuid) -> Result<Option<Connection>, ActionError> {
        Ok(self.storage.store.connection(id).await?)
    }

    /// Invalidates the cache after a change.
    fn changed(&self) {
        self.storage.directory.forget();
    }
}

/// Returns whether the gateway obtains a credential of this scheme itself (client credentials).
pub fn is_without_a_person(auth: &Auth) -> bool {
    matches!(auth.scheme, Scheme::OAuth2(oauth2) if oauth2.authorization_endpoint.is_none())
}
