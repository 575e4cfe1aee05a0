//! Connecting accounts: requests that a person finishes in a browser, and what providers say.
//!
//! Surfaces start requests here and show how far they have come; the hosted pages finish them.

mod authorize;
mod browser;
mod entitlement;
mod finish;
pub(crate) mod personal;
mod return_uri;
mod settings;
mod start;

use plugwright_sdk::{ActionError, Auth, ConnectorDefinition, Echo, ErrorCode, Scheme};
use schemars::JsonSchema;
use serde::Serialize;
use url::Url;
use uuid::Uuid;

use crate::gateway::{Inner, State};
use crate::oauth::Registrations;
use crate::store::{Connection, ConnectionRequest, Project, RequestStatus, StoreError, damage};

pub(crate) use authorize::Callback;
pub(crate) use browser::{Browser, sha256};
pub(crate) use finish::{Ended, Submitted};
pub use settings::ConnectSettings;
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

/// Connects accounts for a gateway that keeps things.
#[derive(Clone, Copy)]
pub(crate) struct Connect<'a> {
    gateway: &'a Inner,
    state: &'a State,
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
    /// Returns the use cases of a gateway.
    ///
    /// # Errors
    ///
    /// `UNAVAILABLE` if it keeps nothing.
    pub(crate) fn of(gateway: &'a Inner) -> Result<Self, ActionError> {
        let state = gateway.state.as_ref().ok_or_else(|| {
            ActionError::new(
                ErrorCode::Unavailable,
                "this gateway keeps no connections, so none can be made",
            )
        })?;
        Ok(Self { gateway, state })
    }

    /// Returns the gateway's registrations at providers.
    pub(crate) fn registrations(&self) -> Registrations<'a> {
        Registrations {
            store: &*self.state.store,
            vault: &self.state.vault,
            configured: &self.gateway.connect.oauth,
        }
    }

    /// Returns a request, whoever asked for it.
    pub(crate) async fn request(&self, id: Uuid) -> Result<Option<ConnectionRequest>, ActionError> {
        match self.state.store.request(id).await {
            // Nobody can finish it, and its time is soon over.
            Err(error @ StoreError::Corrupt { .. }) => {
                damage::note("connection request", &id.to_string(), &error);
                Ok(None)
            }
            found => Ok(found?),
        }
    }

    /// Returns how a request stands now.
    pub(crate) fn standing(&self, request: &ConnectionRequest) -> Standing {
        match request.status {
            RequestStatus::Connected => Standing::Connected,
            RequestStatus::Failed => Standing::Failed,
            RequestStatus::Initiated if request.is_open(self.state.store.now()) => {
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
            Some(id) => Ok(self.state.store.project(id).await?),
            None => Ok(None),
        }
    }

    /// Returns the connector of a request or a connection.
    pub(crate) fn connector(
        &self,
        name: &str,
    ) -> Result<&'static ConnectorDefinition, ActionError> {
        self.gateway
            .catalog
            .registry()
            .connector(name)
            .ok_or_else(|| {
                ActionError::new(
                    ErrorCode::ConnectorNotFound,
                    format!("no connector is named `{}`", Echo(name)),
                )
            })
    }

    /// Returns an address below the public URL.
    ///
    /// # Errors
    ///
    /// `PROVIDER_NOT_CONFIGURED` if there is no public URL.
    pub(crate) fn address(&self, path: &str) -> Result<Url, ActionError> {
        let public = self.check_public_url()?;
        let mut url = public.clone();
        url.set_path(&format!("{}{path}", public.path().trim_end_matches('/')));
        Ok(url)
    }

    fn check_public_url(&self) -> Result<&'a Url, ActionError> {
        self.public_url().ok_or_else(|| {
            ActionError::new(
                ErrorCode::ProviderNotConfigured,
                "accounts can't be connected in a browser before `public_url` is set: the address \
                 under which browsers reach this gateway",
            )
        })
    }

    /// A gateway that listens on loopback alone knows its address by itself.
    fn public_url(&self) -> Option<&'a Url> {
        let settings = &self.gateway.connect;
        settings
            .public_url
            .as_ref()
            .or_else(|| self.gateway.own_url.get())
    }

    /// Tells whether browsers reach the gateway by https.
    pub(crate) fn is_https(&self) -> bool {
        self.public_url().is_some_and(|url| url.scheme() == "https")
    }

    /// Returns the path of the public URL, without a slash at the end.
    pub(crate) fn base_path(&self) -> &'a str {
        self.public_url()
            .map_or("", |url| url.path().trim_end_matches('/'))
    }

    /// Returns how long a request lives, in minutes that have begun.
    pub(crate) fn minutes_left(&self, request: &ConnectionRequest) -> u64 {
        let left = request.expires_at.as_millis() - self.state.store.now().as_millis();
        u64::try_from(left).unwrap_or_default().div_ceil(60_000)
    }

    /// Returns the connection of this id.
    pub(crate) async fn connection(&self, id: Uuid) -> Result<Option<Connection>, ActionError> {
        Ok(self.state.store.connection(id).await?)
    }

    /// Forgets what is in memory, after a change.
    fn changed(&self) {
        self.state.directory.forget();
    }
}

/// Tells whether the gateway gets a credential of this scheme by itself (client credentials).
pub(crate) fn is_without_a_person(auth: &Auth) -> bool {
    matches!(auth.scheme, Scheme::OAuth2(oauth2) if oauth2.authorization_endpoint.is_none())
}

#[cfg(test)]
mod tests;
