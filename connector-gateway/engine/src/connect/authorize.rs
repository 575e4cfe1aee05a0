//! Redirects to the provider, and its callbacks.

use std::collections::BTreeMap;

use plugwright_sdk::auth::OAuth2;
use plugwright_sdk::host::Connector;
use plugwright_sdk::{ActionError, ErrorCode, Secret};
use url::Url;
use uuid::Uuid;

use super::Connect;
use super::browser::Browser;
use crate::oauth::{AuthorizationRequest, Pkce, Provider, State};
use plugwright_store::{ConnectionRequest, StoreError};

/// The parameters of a provider's callback.
#[derive(Debug, Default)]
pub struct Callback {
    /// `state`, which identifies the request.
    pub state: Option<String>,
    /// `code`, which is exchanged for tokens.
    pub code: Option<Secret>,
    /// `error`, if there is no code.
    pub error: Option<String>,
    /// `error_description`.
    pub error_description: Option<String>,
    /// `iss`, the issuer of the code (RFC 9207).
    pub issuer: Option<String>,
}

/// Returns the path of a connector's callback.
pub(super) fn own_path(callback: &str, connector: &Connector) -> String {
    if connector.oauth2().is_some_and(|scheme| scheme.own_callback) {
        format!("{callback}/{}", connector.name())
    } else {
        callback.to_owned()
    }
}

impl Connect<'_> {
    /// Returns the authorization URL of a request, and stores its state. The provider redirects to
    /// `callback`, a path below the public URL, or to the connector's own below that.
    ///
    /// # Errors
    ///
    /// `CONFLICT` if the request can no longer be completed; `PROVIDER_NOT_CONFIGURED`.
    pub async fn authorize(
        &self,
        request: &ConnectionRequest,
        browser: &Browser,
        callback: &str,
    ) -> Result<Url, ActionError> {
        let connector = self.connector(&request.connector)?;
        let provider = self.provider_of(request, connector).await?;
        let state = State::new()?;
        let scopes = self.scopes(provider.scheme, request).await?;
        let names: Vec<_> = scopes.iter().map(String::as_str).collect();
        let redirect_uri = self.address(&own_path(callback, connector))?;
        let url = provider.authorization_url(&AuthorizationRequest {
            redirect_uri: redirect_uri.as_str(),
            state: &state,
            pkce: &Pkce::of_browser(browser.as_bytes(), &state),
            scopes: &names,
            select_account: request.details.select_account,
        })?;
        let begun = self
            .storage
            .store
            .begin_authorization(request.id, &request.details, &browser.hash(), &state.hash())
            .await;
        match begun {
            Err(StoreError::Changed(_)) => Err(ActionError::new(
                ErrorCode::Conflict,
                "the request can't be finished any more",
            )),
            other => {
                other?;
                Ok(url)
            }
        }
    }

    /// Returns the scopes to request: the request's, the provider config's, or the scheme's.
    pub async fn scopes(
        &self,
        scheme: &OAuth2<'_>,
        request: &ConnectionRequest,
    ) -> Result<Vec<String>, ActionError> {
        let mut named = request.details.scopes.clone();
        if let (None, Some(id)) = (&named, request.details.provider_config) {
            let config = self.storage.store.provider_config(id).await?;
            named = config.and_then(|config| config.scopes);
        }
        let default = || scheme.default_scopes.iter().map(|&scope| scope.to_owned());
        Ok(named.unwrap_or_else(|| default().collect()))
    }

    pub(super) async fn provider_of<'p>(
        &'p self,
        request: &'p ConnectionRequest,
        connector: &'p Connector,
    ) -> Result<Provider<'p>, ActionError> {
        let details = &request.details;
        self.provider(connector, details.provider_config, &details.settings)
            .await
    }

    pub(super) async fn provider<'p>(
        &'p self,
        connector: &'p Connector,
        provider_config: Option<Uuid>,
        settings: &'p BTreeMap<String, String>,
    ) -> Result<Provider<'p>, ActionError> {
        let registration = self.registrations.find(connector, provider_config).await?;
        let scheme = connector.oauth2().ok_or_else(|| {
            ActionError::new(
                ErrorCode::ValidationError,
                format!("{} has no OAuth", connector.display_name()),
            )
        })?;
        Ok(registration.provider(connector, scheme, settings, self.outbound.egress()?))
    }
}
