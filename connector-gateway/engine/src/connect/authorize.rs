//! Sending a browser to the provider, and what it comes back with.

use std::collections::BTreeMap;

use plugwright_sdk::auth::OAuth2;
use plugwright_sdk::host::Connector;
use plugwright_sdk::{ActionError, ErrorCode, Secret};
use url::Url;

use super::Connect;
use super::browser::Browser;
use crate::oauth::{AuthorizationRequest, Pkce, Provider, Registration, State};
use plugwright_store::{ConnectionRequest, StoreError};

/// What a provider sends a browser back with.
#[derive(Debug, Default)]
pub struct Callback {
    /// `state`, which says whose answer it is.
    pub state: Option<String>,
    /// `code`, which is exchanged for tokens.
    pub code: Option<Secret>,
    /// `error`, if there is no code.
    pub error: Option<String>,
    /// `error_description`.
    pub error_description: Option<String>,
}

impl Connect<'_> {
    /// Returns where the browser goes to authorize a request, and notes that it does. The provider
    /// sends it back to `callback`, a path below the public URL.
    ///
    /// # Errors
    ///
    /// `CONFLICT` if the request can't be finished any more; `PROVIDER_NOT_CONFIGURED`.
    pub async fn authorize(
        &self,
        request: &ConnectionRequest,
        browser: &Browser,
        callback: &str,
    ) -> Result<Url, ActionError> {
        let connector = self.connector(&request.connector)?;
        let registrations = self.registrations;
        let registration = registrations
            .find(connector, request.asked.provider_config)
            .await?;
        let provider = self.provider(connector, &registration, &request.asked.settings)?;
        let state = State::new()?;
        let scopes = self.scopes(provider.scheme, request).await?;
        let names: Vec<_> = scopes.iter().map(String::as_str).collect();
        let redirect_uri = self.address(callback)?;
        let url = provider.authorization_url(&AuthorizationRequest {
            redirect_uri: redirect_uri.as_str(),
            state: &state,
            pkce: &Pkce::of_browser(browser.as_bytes(), &state),
            scopes: &names,
            select_account: request.asked.select_account,
        })?;
        let begun = self
            .storage
            .store
            .begin_authorization(request.id, &request.asked, &browser.hash(), &state.hash())
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

    /// Returns the scopes that a request asks for: its own, the provider config's, or the scheme's.
    pub async fn scopes(
        &self,
        scheme: &OAuth2<'_>,
        request: &ConnectionRequest,
    ) -> Result<Vec<String>, ActionError> {
        let mut named = request.asked.scopes.clone();
        if let (None, Some(id)) = (&named, request.asked.provider_config) {
            let config = self.storage.store.provider_config(id).await?;
            named = config.and_then(|config| config.scopes);
        }
        let default = || scheme.default_scopes.iter().map(|&scope| scope.to_owned());
        Ok(named.unwrap_or_else(|| default().collect()))
    }

    pub(super) fn provider<'p>(
        &'p self,
        connector: &'p Connector,
        registration: &'p Registration,
        settings: &'p BTreeMap<String, String>,
    ) -> Result<Provider<'p>, ActionError> {
        let scheme = connector.oauth2().ok_or_else(|| {
            ActionError::new(
                ErrorCode::ValidationError,
                format!("{} has no OAuth", connector.display_name()),
            )
        })?;
        Ok(registration.provider(connector, scheme, settings, self.outbound.egress()?))
    }
}
