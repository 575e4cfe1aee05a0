//! The gateway's registrations at providers: as which client it asks for tokens, and where.

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

/// How long a token endpoint may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(15);

/// The gateway's registration at a provider of OAuth, and where that provider is.
#[derive(Clone, Debug, Default)]
pub struct OAuthConfig {
    /// The id of the gateway's client.
    pub client_id: Option<String>,
    /// The client's secret; none of a public client.
    pub client_secret: Option<Secret>,
    /// The authorization endpoint, instead of the connector's own.
    pub authorization_url: Option<Url>,
    /// The token endpoint, instead of the connector's own.
    pub token_url: Option<Url>,
    /// The revocation endpoint, instead of the connector's own. With another token endpoint there
    /// is none but this.
    pub revocation_url: Option<Url>,
}

/// The gateway as a client of a provider.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    pub(crate) id: String,
    /// None of a public client.
    pub(crate) secret: Option<Secret>,
}

/// Endpoints that stand in for those of the scheme, for self-hosted servers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Endpoints {
    pub(crate) authorization: Option<Url>,
    pub(crate) token: Option<Url>,
    pub(crate) revocation: Option<Url>,
}

impl From<&OAuthConfig> for Endpoints {
    fn from(config: &OAuthConfig) -> Self {
        Self {
            authorization: config.authorization_url.clone(),
            token: config.token_url.clone(),
            revocation: config.revocation_url.clone(),
        }
    }
}

/// What it takes to ask a provider for tokens.
#[derive(Clone)]
pub struct Registration {
    pub(crate) client: Client,
    pub(crate) endpoints: Endpoints,
}

impl Registration {
    /// Returns the provider, to be asked at once for the tokens of a connection.
    pub(crate) fn provider<'p>(
        &'p self,
        connector: &'p Connector,
        scheme: &'p OAuth2<'p>,
        settings: &'p BTreeMap<String, String>,
        egress: &'p Egress,
    ) -> Provider<'p> {
        Provider {
            scheme,
            client: &self.client,
            endpoints: &self.endpoints,
            settings,
            egress,
            connector: connector.name(),
            deadline: Instant::now() + PATIENCE,
        }
    }
}

/// Where registrations are looked up: a provider config's own client comes before the operator's of
/// the store, and that one before the one of the configuration.
#[derive(Clone, Copy)]
pub struct Registrations<'a> {
    /// Where clients are kept.
    pub store: &'a dyn Store,
    /// Opens their secrets.
    pub vault: &'a Vault,
    /// What the configuration says, by connector.
    pub configured: &'a HashMap<String, OAuthConfig>,
}

impl Registrations<'_> {
    /// Returns the gateway's registration at the provider of a connector.
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
            None => configured.and_then(Client::configured),
        };
        Ok(Registration {
            client: client.ok_or_else(|| not_configured(connector))?,
            endpoints: configured.map(Endpoints::from).unwrap_or_default(),
        })
    }

    /// Tells whether accounts of a connector can be connected by OAuth.
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

    /// Returns the client of the store that stands before the one of the configuration.
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

impl Client {
    /// Returns the client that the configuration names.
    fn configured(config: &OAuthConfig) -> Option<Self> {
        Some(Self {
            id: config.client_id.clone()?,
            secret: config.client_secret.clone(),
        })
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
        "the stored OAuth client of {} is damaged: an operator sets it again, by `plugwright oauth \
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
            "{} is not set up for OAuth: an operator sets its client, by `plugwright oauth set {}`",
            connector.display_name(),
            connector.name(),
        ),
    )
}
