//! Connecting accounts: requests that a person finishes in a browser, and what providers say.
//!
//! Surfaces start requests here and show how far they have come; the hosted pages finish them.

mod authorize;
mod browser;
mod finish;
pub(crate) mod personal;
mod return_uri;
mod start;

use plugwright_sdk::{ActionError, Auth, ConnectorDefinition, Echo, ErrorCode, Registry, Scheme};
use schemars::JsonSchema;
use serde::Serialize;
use url::Url;
use uuid::Uuid;

use crate::identity::Identifier;
use crate::metrics::LimitHits;
use crate::oauth::Registrations;
use crate::outbound::Outbound;
use crate::storage::Storage;
use crate::store::{Connection, ConnectionRequest, Project, RequestStatus};

pub(crate) use authorize::Callback;
pub(crate) use browser::{Browser, sha256};
pub(crate) use finish::{Ended, Submitted};
pub(crate) use start::NewRequest;

/// Codes of requests that failed, as the wire has them.
pub(crate) mod code {
    pub(crate) const SUPERSEDED: &str = "request_superseded";
    pub(crate) const CANCELLED: &str = "request_cancelled";
    pub(crate) const DENIED: &str = "access_denied";
    pub(crate) const PROVIDER: &str = "provider_error";
    pub(crate) const ALIAS: &str = "connection_alias_conflict";
    pub(crate) const ACCOUNT: &str = "connection_account_conflict";
    pub(crate) const NOT_CONFIGURED: &str = "provider_not_configured";
    pub(crate) const FAILED: &str = "internal_error";
    pub(crate) const EXPIRED: &str = "request_expired";
    pub(crate) use crate::store::WITHDRAWN;
}

/// Connects accounts where things are kept.
#[derive(Clone, Copy)]
pub(crate) struct Connect<'a> {
    pub(crate) storage: &'a Storage,
    pub(crate) registry: &'a Registry,
    pub(crate) registrations: Registrations<'a>,
    pub(crate) identifier: &'a Identifier,
    pub(crate) outbound: &'a Outbound,
    pub(crate) limits: &'a ConnectLimits,
    pub(crate) hits: &'a LimitHits,
    pub(crate) public: PublicAddress<'a>,
}

/// How far requests to connect accounts may go.
#[derive(Clone, Debug, Default)]
pub(crate) struct ConnectLimits {
    /// Connect requests that one principal may have open.
    pub(crate) open_requests: usize,
    /// Where browsers may be sent back to after an organization's account was connected.
    pub(crate) return_uris: Vec<String>,
}

/// Where browsers reach the gateway.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PublicAddress<'a> {
    /// None where they don't, or where it is not known.
    pub(crate) url: Option<&'a Url>,
    /// The path below it to which providers send browsers back.
    pub(crate) callback: &'static str,
}

impl PublicAddress<'_> {
    /// Returns an address below the public URL.
    ///
    /// # Errors
    ///
    /// `PROVIDER_NOT_CONFIGURED` if there is none.
    pub(crate) fn below(self, path: &str) -> Result<Url, ActionError> {
        let public = self.url.ok_or_else(|| {
            ActionError::new(
                ErrorCode::ProviderNotConfigured,
                "accounts can't be connected in a browser before `public_url` is set: the address \
                 under which browsers reach this gateway",
            )
        })?;
        let mut url = public.clone();
        url.set_path(&format!("{}{path}", public.path().trim_end_matches('/')));
        Ok(url)
    }
}

/// How a request stands, as it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub(crate) enum Standing {
    Initiated,
    Connected,
    Failed,
    Expired,
}

impl<'a> Connect<'a> {
    /// Returns a request, whoever asked for it.
    pub(crate) async fn request(&self, id: Uuid) -> Result<Option<ConnectionRequest>, ActionError> {
        Ok(self.storage.store.request(id).await?)
    }

    /// Returns how a request stands now.
    pub(crate) fn standing(&self, request: &ConnectionRequest) -> Standing {
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
    pub(crate) async fn project(
        &self,
        request: &ConnectionRequest,
    ) -> Result<Option<Project>, ActionError> {
        match request.owner.project() {
            Some(id) => Ok(self.storage.store.project(id).await?),
            None => Ok(None),
        }
    }

    /// Returns the connector of a request or a connection.
    pub(crate) fn connector(
        &self,
        name: &str,
    ) -> Result<&'static ConnectorDefinition, ActionError> {
        self.registry.connector(name).ok_or_else(|| {
            ActionError::new(
                ErrorCode::ConnectorNotFound,
                format!("no connector is named `{}`", Echo(name)),
            )
        })
    }

    /// Returns where providers send browsers back to.
    fn redirect_uri(&self) -> Result<Url, ActionError> {
        self.public.below(self.public.callback)
    }

    /// Returns how long a request lives, in minutes that have begun.
    pub(crate) fn minutes_left(&self, request: &ConnectionRequest) -> u64 {
        let left = request.expires_at.as_millis() - self.storage.store.now().as_millis();
        u64::try_from(left).unwrap_or_default().div_ceil(60_000)
    }

    /// Returns the connection of this id.
    pub(crate) async fn connection(&self, id: Uuid) -> Result<Option<Connection>, ActionError> {
        Ok(self.storage.store.connection(id).await?)
    }

    /// Forgets what is in memory, after a change.
    fn changed(&self) {
        self.storage.directory.forget();
    }
}

/// Tells whether the gateway gets a credential of this scheme by itself (client credentials).
pub(crate) fn is_without_a_person(auth: &Auth) -> bool {
    matches!(auth.scheme, Scheme::OAuth2(oauth2) if oauth2.authorization_endpoint.is_none())
}

#[cfg(test)]
mod tests;
