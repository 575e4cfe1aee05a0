//! The gateway's client registrations at providers.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use plugwright_egress::Egress;
use plugwright_sdk::auth::OAuth2;
use plugwright_sdk::host::Connector;
use plugwright_sdk::{ActionError, ErrorCode, Secret};
use plugwright_store::{ClientOf, OAuthClient, Store, StoreError};
use tokio::time::Instant;
use url::Url;
use uuid::Uuid;

use super::Provider;
use plugwright_store::vault::{Vault, VaultError};

/// Timeout of token requests.
pub(crate) const PATIENCE: Duration = Duration::from_secs(15);

/// A configured client and its endpoints.
#[derive(Clone, Debug, Default)]
pub struct OAuthConfig {
    /// The id of the gateway's client.
    pub client_id: Option<String>,
    /// The client's secret; `None` for a public client.
    pub client_secret: Option<Secret>,
    /// Endpoints of a self-hosted server.
    pub endpoints: Endpoints,
}

/// The gateway's client at a provider.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    pub(crate) id: String,
    /// `None` for a public client.
    pub(crate) secret: Option<Secret>,
}

/// Endpoints that replace those of the connector.
#[derive(Clone, Debug, Default)]
pub struct Endpoints {
    /// The authorization endpoint.
    pub authorization: Option<Url>,
    /// The token endpoint.
    pub token: Option<Url>,
    /// The revocation endpoint. A server with a token endpoint of its own has no other.
    pub revocation: Option<Url>,
}

/// A client and its endpoints.
#[derive(Clone)]
pub struct Registration {
    pub(crate) client: Client,
    pub(crate) endpoints: Endpoints,
}

impl Registration {
    /// Returns the provider for a token request, which must be sent at once.
    pub(crate) fn provider<'p>(
        self,
        connector: &'p Connector,
        scheme: &'p OAuth2<'p>,
        settings: &'p BTreeMap<String, String>,
        egress: &'p Egress,
    ) -> Provider<'p> {
        Provider {
            scheme,
            client: self.client,
            endpoints: self.endpoints,
            settings,
            egress,
            connector: connector.name(),
            deadline: Instant::now() + PATIENCE,
        }
    }
}

/// Looks up registrations: a provider config's own client takes precedence over the operator's
/// stored one, and that over the configured one.
#[derive(Clone, Copy)]
pub struct Registrations<'a> {
    /// Where clients are stored.
    pub store: &'a dyn Store,
    /// Opens their secrets.
    pub vault: &'a Vault,
    /// Configured clients by connector.
    pub configured: &'a HashMap<String, OAuthConfig>,
}

impl Registrations<'_> {
    /// Returns the gateway's registration for a connector.
    ///
    /// # Errors
    ///
    /// `PROVIDER_NOT_CONFIGURED` if there is none.
    pub async fn find(
        self,
        connector: &Connector,
        provider_config: Option<Uuid>,
    ) -> Result<Registration, ActionError> {
        let configured = self.configured.get(connector.name());
        let client = match self.stored(connector.name(), provider_config).await? {
            Some(stored) => Some(Client {
                secret: secret(self.vault, &stored).map_err(|error| damaged(connector, error))?,
                id: stored.client_id,
            }),
            None => configured.and_then(|own| {
                Some(Client {
                    id: own.client_id.clone()?,
                    secret: own.client_secret.clone(),
                })
            }),
        };
        Ok(Registration {
            client: client.ok_or_else(|| not_configured(connector))?,
            endpoints: configured
                .map(|own| own.endpoints.clone())
                .unwrap_or_default(),
        })
    }

    /// Returns whether accounts of a connector can be connected by OAuth.
    pub async fn has(
        self,
        connector: &Connector,
        provider_config: Option<Uuid>,
    ) -> Result<bool, ActionError> {
        match self.find(connector, provider_config).await {
            Ok(_) => Ok(true),
            Err(error) if error.code() == ErrorCode::ProviderNotConfigured => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Returns the stored client that takes precedence over the configured one.
    pub(super) async fn stored(
        self,
        connector: &str,
        provider_config: Option<Uuid>,
    ) -> Result<Option<OAuthClient>, StoreError> {
        let own = provider_config.map(ClientOf::ProviderConfig);
        for of in own.into_iter().chain([ClientOf::Connector(connector)]) {
            if let Some(client) = self.store.oauth_client(of).await? {
                return Ok(Some(client));
            }
        }
        Ok(None)
    }
}

fn secret(vault: &Vault, stored: &OAuthClient) -> Result<Option<Secret>, VaultError> {
    let Some(sealed) = &stored.secret else {
        return Ok(None);
    };
    let opened = vault.open_sealed(stored.id, sealed)?;
    let text = std::str::from_utf8(&opened).map_err(|_| VaultError::Tampered)?;
    Ok(Some(Secret::new(text)))
}

fn damaged(connector: &Connector, error: VaultError) -> ActionError {
    if !error.is_damage() {
        return error.into();
    }
    let message = format!(
        "the stored OAuth client of {} is damaged; an operator can replace it with `plugwright oauth \
         set {}`",
        connector.display_name(),
        connector.name(),
    );
    ActionError::new(ErrorCode::ProviderNotConfigured, message).with_source(error)
}

fn not_configured(connector: &Connector) -> ActionError {
    ActionError::new(
        ErrorCode::ProviderNotConfigured,
        format!(
            "{} is not set up for OAuth; an operator can set its client with `plugwright oauth set {}`",
            connector.display_name(),
            connector.name(),
        ),
    )
}
