//! The gateway's registrations at providers, and providers as requests for tokens need them.

use plugwright_sdk::{ActionError, ConnectorDefinition, ErrorCode, Secret};
use uuid::Uuid;

use crate::gateway::State;
use crate::oauth::{Client, Endpoints, OAuthError};
use crate::store::{ClientOf, OAuthClient};
use crate::vault::VaultError;

use super::{Connect, ConnectSettings};

/// What it takes to ask a provider for tokens, owned.
#[derive(Clone)]
pub(crate) struct Registration {
    pub(crate) client: Client,
    pub(crate) endpoints: Endpoints,
}

impl Connect<'_> {
    /// Returns the gateway's registration at the provider of a connector: the provider config's
    /// own, or the operator's.
    ///
    /// # Errors
    ///
    /// `PROVIDER_NOT_CONFIGURED` if there is none.
    pub(crate) async fn registration(
        &self,
        connector: &'static ConnectorDefinition,
        provider_config: Option<Uuid>,
    ) -> Result<Registration, ActionError> {
        registration(
            self.state,
            &self.gateway.connect,
            connector,
            provider_config,
        )
        .await
    }

    /// Checks that the operator has set the OAuth client of a connector.
    ///
    /// # Errors
    ///
    /// `PROVIDER_NOT_CONFIGURED` if not.
    pub(crate) async fn check_client(
        &self,
        connector: &'static ConnectorDefinition,
    ) -> Result<(), ActionError> {
        self.registration(connector, None).await.map(drop)
    }

    /// Tells whether accounts of a connector can be connected by OAuth.
    pub(crate) async fn has_client(
        &self,
        connector: &'static ConnectorDefinition,
        provider_config: Option<Uuid>,
    ) -> Result<bool, ActionError> {
        match self.registration(connector, provider_config).await {
            Ok(_) => Ok(true),
            Err(error) if error.code() == ErrorCode::ProviderNotConfigured => Ok(false),
            Err(error) => Err(error),
        }
    }
}

/// Returns the gateway's registration at the provider of a connector.
pub(crate) async fn registration(
    state: &State,
    settings: &ConnectSettings,
    connector: &'static ConnectorDefinition,
    provider_config: Option<Uuid>,
) -> Result<Registration, ActionError> {
    let store = &state.store;
    let mut stored = None;
    if let Some(id) = provider_config {
        stored = store.oauth_client(ClientOf::ProviderConfig(id)).await?;
    }
    if stored.is_none() {
        let of = ClientOf::Connector(connector.name());
        stored = store.oauth_client(of).await?;
    }
    let configured = settings.oauth.get(connector.name());
    let client = match stored {
        Some(stored) => Some(Client {
            id: stored.client_id.clone(),
            secret: secret(state, &stored).map_err(|error| damaged(connector, error))?,
        }),
        None => configured.and_then(Client::configured),
    };
    let client = client.ok_or_else(|| not_configured(connector))?;
    Ok(Registration {
        client,
        endpoints: configured.map(Endpoints::from).unwrap_or_default(),
    })
}

fn secret(state: &State, stored: &OAuthClient) -> Result<Option<Secret>, VaultError> {
    let Some(sealed) = &stored.secret else {
        return Ok(None);
    };
    let opened = state.vault.open_sealed(stored.id, sealed)?;
    let text = std::str::from_utf8(&opened).map_err(|_| VaultError::Tampered)?;
    Ok(Some(Secret::new(text)))
}

fn damaged(connector: &ConnectorDefinition, error: VaultError) -> ActionError {
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

/// Says what a provider's refusal of tokens is to a caller.
pub(crate) fn refused(connector: &ConnectorDefinition, error: OAuthError) -> ActionError {
    let name = connector.display_name();
    match error {
        OAuthError::Unsent(error) => error,
        OAuthError::Transient {
            reason,
            retry_after,
        } => {
            let message = format!("{name} gives no tokens now: {reason}");
            let error = ActionError::new(ErrorCode::UpstreamSuspended, message);
            match retry_after {
                Some(wait) => error.with_retry_after(wait),
                None => error,
            }
        }
        error if error.is_invalid_client() => ActionError::new(
            ErrorCode::ProviderNotConfigured,
            format!("{name} does not know the gateway's client, or refuses its secret: {error}"),
        ),
        error => ActionError::new(ErrorCode::UpstreamError, format!("{name}: {error}")),
    }
}
