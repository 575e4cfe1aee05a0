//! The gateway's registrations at providers: those of the store, then those of the configuration.

use std::collections::HashMap;
use std::sync::Arc;

use plugwright_sdk::{ActionError, ConnectorDefinition, ErrorCode, Secret};
use url::Url;
use uuid::Uuid;

use crate::storage::Storage;
use crate::store::{ClientOf, OAuthClient};

/// The gateway's registration at a provider of OAuth, and where that provider is, as the
/// configuration says it.
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

/// The gateway's client at a provider.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    pub(crate) id: String,
    /// None of a public client.
    pub(crate) secret: Option<Secret>,
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

/// What it takes to ask a provider for tokens, owned.
#[derive(Clone)]
pub(crate) struct Registration {
    pub(crate) client: Client,
    pub(crate) endpoints: Endpoints,
}

/// The registrations at all providers. Clones share everything.
#[derive(Clone)]
pub(crate) struct Registrations {
    storage: Storage,
    /// What the configuration says, by connector. A client that is stored comes before it.
    configured: Arc<HashMap<String, OAuthConfig>>,
}

impl Registrations {
    pub(crate) fn new(storage: Storage, configured: Arc<HashMap<String, OAuthConfig>>) -> Self {
        Self {
            storage,
            configured,
        }
    }

    /// Returns the registration at the provider of a connector: the provider config's own, or the
    /// operator's.
    ///
    /// # Errors
    ///
    /// `PROVIDER_NOT_CONFIGURED` if there is none.
    pub(crate) async fn at(
        &self,
        connector: &'static ConnectorDefinition,
        provider_config: Option<Uuid>,
    ) -> Result<Registration, ActionError> {
        let store = &self.storage.store;
        let mut stored = None;
        if let Some(id) = provider_config {
            stored = store.oauth_client(ClientOf::ProviderConfig(id)).await?;
        }
        if stored.is_none() {
            let of = ClientOf::Connector(connector.name());
            stored = store.oauth_client(of).await?;
        }
        let configured = self.configured.get(connector.name());
        let client = match stored {
            Some(stored) => Some(Client {
                id: stored.client_id.clone(),
                secret: self.secret(&stored)?,
            }),
            None => configured.and_then(Client::configured),
        };
        let client = client.ok_or_else(|| not_configured(connector))?;
        Ok(Registration {
            client,
            endpoints: configured.map(Endpoints::from).unwrap_or_default(),
        })
    }

    fn secret(&self, stored: &OAuthClient) -> Result<Option<Secret>, ActionError> {
        let Some(sealed) = &stored.secret else {
            return Ok(None);
        };
        let opened = self.storage.vault.open_sealed(stored.id, sealed)?;
        let text = std::str::from_utf8(&opened).map_err(|error| {
            ActionError::new(ErrorCode::InternalError, "a client's secret is no text")
                .with_source(error)
        })?;
        Ok(Some(Secret::new(text)))
    }
}

fn not_configured(connector: &ConnectorDefinition) -> ActionError {
    ActionError::new(
        ErrorCode::ProviderNotConfigured,
        format!(
            "{} is not set up for OAuth: an operator sets its client, by `plugwright oauth set {}`",
            connector.display_name(),
            connector.name(),
        ),
    )
}
