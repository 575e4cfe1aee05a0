//! Completing requests: by a provider's code, by a form, or by canceling.

use std::collections::BTreeMap;

use plugwright_sdk::auth::SchemeKind;
use plugwright_sdk::host::{Connector, Echo};
use plugwright_sdk::{ActionError, Credential, ErrorCode};
use uuid::Uuid;

use super::authorize::{Callback, own_path};
use super::browser::Browser;
use super::entitlement::no_longer;
use super::{Connect, code};
use crate::connections::{
    ConnectionContents, Identify as _, Place, PutError, Receiver, StoredConnections,
};
use crate::oauth::{Client, Grant, OAuthError, Pkce, Provider, State};
use crate::refresh::Validity;
use plugwright_store::vault::{OAuthTokens, OpenedCredential};
use plugwright_store::{Connection, ConnectionRequest, RecordKind, RequestError, StoreError};

/// How a request ended.
#[derive(Debug)]
pub struct EndedRequest {
    /// The request.
    pub request: ConnectionRequest,
    /// The connection, or why there is none.
    pub result: Result<Connection, RequestError>,
}

/// The result of submitting a form.
#[derive(Debug)]
pub enum FormResult {
    /// The request has ended.
    Ended(Box<EndedRequest>),
    /// The provider does not accept the credential; the person may correct it.
    Refused(ActionError),
}

impl Connect<'_> {
    /// Handles a provider's callback to `path`, or to that of a connector below it, which
    /// [`authorize`](Self::authorize) named. `None` if no open request of this browser expects it.
    pub async fn callback(
        &self,
        path: &str,
        below: Option<&str>,
        callback: Callback,
        browser: &Browser,
    ) -> Result<Option<EndedRequest>, ActionError> {
        let Some(state) = callback.state.as_deref() else {
            return Ok(None);
        };
        let hash = State::hash_of(state);
        let taken = self
            .storage
            .store
            .take_authorization(&hash, &browser.hash())
            .await?;
        let Some(request) = taken else {
            return Ok(None);
        };
        let connector = self.connector(&request.connector)?;
        let result = match (&callback.code, &callback.error) {
            _ if !self.is_entitled(&request).await? => Err(no_longer()),
            _ if !self.is_of(&request, connector, below, &callback).await? => Err(failure(
                code::PROVIDER,
                format!(
                    "the browser came back from another server than that of {}",
                    connector.display_name()
                ),
            )),
            (Some(code), None) => {
                let pkce = Pkce::of_browser(browser.as_bytes(), &State::received(state));
                self.exchange(&request, connector, path, code, &pkce).await
            }
            (_, Some(error)) => Err(said_no(connector, error, callback.error_description)),
            (None, None) => Err(failure(
                code::PROVIDER,
                format!(
                    "{} sent the browser back without a code",
                    connector.display_name()
                ),
            )),
        };
        let result = result.map_err(|error| self.naming_redirect(error, path, connector));
        self.end(request, result).await.map(Some)
    }

    /// Adds the redirect URI to a provider's complaint about it, since nothing else says which one to
    /// register.
    fn naming_redirect(
        &self,
        mut error: RequestError,
        path: &str,
        connector: &Connector,
    ) -> RequestError {
        let said = error.message.to_ascii_lowercase().replace('_', " ");
        if error.code == code::PROVIDER
            && said.contains("redirect uri")
            && let Ok(uri) = self.address(&own_path(path, connector))
        {
            error.message = format!("{}; the redirect URI to register is {uri}", error.message);
        }
        error
    }

    /// Returns whether a callback is of the server that the request led to, as far as it says: another's
    /// code must not be sent to this one's token endpoint (RFC 9700, section 4.4).
    async fn is_of(
        &self,
        request: &ConnectionRequest,
        connector: &Connector,
        below: Option<&str>,
        callback: &Callback,
    ) -> Result<bool, ActionError> {
        let scheme = connector.oauth2();
        let own = scheme.is_some_and(|scheme| scheme.own_callback);
        if below != own.then_some(connector.name()) {
            return Ok(false);
        }
        match &callback.issuer {
            None => Ok(true),
            Some(issuer) => self
                .provider_of(request, connector)
                .await?
                .is_issuer(issuer),
        }
    }

    /// Connects an account with what a person entered.
    pub async fn submit(
        &self,
        request: ConnectionRequest,
        scheme: SchemeKind,
        credential: Credential,
        settings: BTreeMap<String, String>,
    ) -> Result<FormResult, ActionError> {
        let connector = self.connector(&request.connector)?;
        let identified = self
            .outbound
            .identify(connector, &credential.clone().into(), &settings)
            .await;
        let account = match identified {
            Ok(account) => account,
            Err(error) => return Ok(FormResult::Refused(error)),
        };
        let material = ConnectionContents::of(&credential, scheme, settings, account);
        let result = self.store(&request, connector, material).await?;
        let ended = self.end(request, result).await?;
        Ok(FormResult::Ended(Box::new(ended)))
    }

    /// Completes a request with a token of the gateway's own (client credentials).
    pub(super) async fn grant_itself(
        &self,
        request: ConnectionRequest,
        connector: &Connector,
    ) -> Result<ConnectionRequest, ActionError> {
        let provider = self.provider_of(&request, connector).await?;
        let requested = self.scopes(provider.scheme, &request).await?;
        let names: Vec<_> = requested.iter().map(String::as_str).collect();
        let result = match provider.client_credentials(&names).await {
            Ok(grant) => {
                self.keep(&request, connector, &provider.client, &grant, requested)
                    .await
            }
            Err(error) => Err(not_issued(connector, error)),
        };
        let id = request.id;
        self.end(request, result).await?;
        let stored = self.request(id).await?;
        stored.ok_or_else(|| ActionError::new(ErrorCode::NotFound, "the request no longer exists"))
    }

    /// Cancels a request because the person declined.
    pub async fn cancel(&self, request: ConnectionRequest) -> Result<EndedRequest, ActionError> {
        let error = failure(code::CANCELLED, "the person declined to connect");
        self.end(request, Err(error)).await
    }

    /// Stores how a request ended, unless storing the connection has done so.
    async fn end(
        &self,
        mut request: ConnectionRequest,
        result: Result<Connection, RequestError>,
    ) -> Result<EndedRequest, ActionError> {
        if let Ok(connection) = &result {
            request.connection = connection.id;
        }
        if let Err(error) = &result {
            // A person who says no is no failure.
            if !matches!(error.code.as_str(), code::CANCELLED | code::DENIED) {
                tracing::warn!(
                    request = %request.id,
                    connector = request.connector,
                    code = error.code,
                    provider_code = error.provider_code,
                    reason = error.message,
                    "an account was not connected"
                );
            }
            self.fail(request.id, error).await?;
        }
        if let Some(uri) = &request.details.return_uri {
            // It may have been taken off the list since. The request has ended whatever the store says.
            let fault = self.return_uri_fault(&request.owner, uri).await;
            if !matches!(fault, Ok(None)) {
                request.details.return_uri = None;
            }
        }
        Ok(EndedRequest { request, result })
    }

    /// Marks a request as failed, unless it ended otherwise in the meantime.
    pub(super) async fn fail(&self, id: Uuid, error: &RequestError) -> Result<(), ActionError> {
        match self.storage.store.fail_request(id, error).await {
            Ok(()) | Err(StoreError::Changed(_)) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    async fn exchange(
        &self,
        request: &ConnectionRequest,
        connector: &Connector,
        callback: &str,
        code: &plugwright_sdk::Secret,
        pkce: &Pkce,
    ) -> Result<Connection, RequestError> {
        let provider = self.provider_of(request, connector).await;
        let provider = provider.map_err(unexpected)?;
        let callback = own_path(callback, connector);
        let redirect_uri = self.address(&callback).map_err(unexpected)?;
        let grant = provider
            .exchange(code, &pkce.verifier, redirect_uri.as_str())
            .await
            .map_err(|error| not_issued(connector, error))?;
        let requested = self
            .scopes(provider.scheme, request)
            .await
            .map_err(unexpected)?;
        let result = self
            .keep(request, connector, &provider.client, &grant, requested)
            .await;
        if result.is_err() {
            give_back(&provider, &grant).await;
        }
        result
    }

    async fn keep(
        &self,
        request: &ConnectionRequest,
        connector: &Connector,
        client: &Client,
        grant: &Grant,
        requested: Vec<String>,
    ) -> Result<Connection, RequestError> {
        let tokens = OAuthTokens {
            access_token: grant.access_token.clone(),
            refresh_token: grant.refresh_token.clone(),
            former: Vec::new(),
        };
        let secret = tokens.to_json();
        let mut opened = OpenedCredential::from(tokens);
        opened.others.extend(client.secret.clone());
        let settings = &request.details.settings;
        // Starts before identifying the account, which takes time from the token's lifetime.
        let validity = Validity::of(grant.expires_in, self.storage.store.now());
        let identified = self.outbound.identify(connector, &opened, settings).await;
        let account = match identified {
            Ok(account) => account,
            Err(error) if matches!(error.code(), ErrorCode::AuthInvalid | ErrorCode::Forbidden) => {
                return Err(unexpected(error));
            }
            // The person has agreed; the account can be identified later.
            Err(error) => {
                tracing::warn!(%error, connector = connector.name(), "an account could not be identified");
                None
            }
        };
        let material = ConnectionContents {
            scheme: SchemeKind::OAuth2,
            secret,
            settings: settings.clone(),
            account,
            scopes: Some(grant.scopes.clone().unwrap_or(requested)),
            validity,
        };
        self.store(request, connector, material)
            .await
            .map_err(unexpected)?
    }

    /// Stores a connection and marks the request as connected, in one transaction.
    async fn store(
        &self,
        request: &ConnectionRequest,
        connector: &Connector,
        material: ConnectionContents,
    ) -> Result<Result<Connection, RequestError>, ActionError> {
        if !self.is_entitled(request).await? {
            return Ok(Err(no_longer()));
        }
        let connections = StoredConnections {
            store: &*self.storage.store,
            vault: &self.storage.vault,
            quota: Some(self.quota()),
        };
        let put = connections
            .put(
                Place::of_request(request),
                Receiver::Request(request),
                &material,
            )
            .await;
        let error = match put {
            Ok(stored) => {
                self.changed();
                return Ok(Ok(stored));
            }
            Err(PutError::Other(error)) => return Err(error),
            Err(PutError::OtherAccount(name)) => failure(
                code::ACCOUNT,
                format!(
                    "connection `{name}` belongs to another account of {}",
                    connector.display_name()
                ),
            ),
            Err(PutError::NameTaken(name)) => failure(
                code::ALIAS,
                format!(
                    "`{}` is in use: there is a connection of that name",
                    Echo(&name)
                ),
            ),
            Err(PutError::NoFreeName(_)) => {
                failure(code::ALIAS, "no free name was found for the connection")
            }
            Err(PutError::RequestEnded) => failure(
                code::EXPIRED,
                "the request ended before the account was connected",
            ),
        };
        Ok(Err(error))
    }

    /// Deletes a connection after revoking its token, if the provider supports that.
    ///
    /// # Errors
    ///
    /// `NOT_FOUND` if there is none; `UNAVAILABLE`.
    pub async fn disconnect(&self, connection: &Connection) -> Result<(), ActionError> {
        if let Err(error) = self.revoke(connection).await {
            tracing::warn!(connection = %connection.id, %error, "a token could not be revoked");
        }
        match self.storage.store.delete_connection(connection.id).await {
            Err(StoreError::NotFound(_)) => Err(RecordKind::Connection.missing(connection.id)),
            other => {
                other?;
                self.changed();
                Ok(())
            }
        }
    }

    async fn revoke(&self, connection: &Connection) -> Result<(), ActionError> {
        if connection.scheme != SchemeKind::OAuth2 {
            return Ok(());
        }
        let connector = self.connector(&connection.connector)?;
        let tokens = self.storage.vault.open_tokens(connection)?;
        let provider = self
            .provider(connector, connection.provider_config, &connection.settings)
            .await?;
        provider
            .revoke(&tokens.access_token, tokens.refresh_token.as_ref())
            .await
            .map(drop)
            .map_err(|error| error.into_action_error(connector))
    }
}

async fn give_back(provider: &Provider<'_>, grant: &Grant) {
    let tokens = (&grant.access_token, grant.refresh_token.as_ref());
    if let Err(error) = provider.revoke(tokens.0, tokens.1).await {
        tracing::warn!(%error, connector = provider.connector, "unused tokens could not be revoked");
    }
}

fn said_no(connector: &Connector, error: &str, description: Option<String>) -> RequestError {
    let name = connector.display_name();
    if error == "access_denied" {
        return failure(code::DENIED, format!("access to {name} was denied"));
    }
    let short = |text: &str| -> String {
        text.chars()
            .filter(|letter| !letter.is_control())
            .take(200)
            .collect()
    };
    let described = description
        .map(|text| format!(" ({})", short(&text)))
        .unwrap_or_default();
    let error = short(error);
    RequestError {
        provider_code: Some(error.clone()),
        ..failure(
            code::PROVIDER,
            format!("{name} returned `{error}`{described}"),
        )
    }
}

/// Why a provider issued no token.
fn not_issued(connector: &Connector, error: OAuthError) -> RequestError {
    let provider_code = match &error {
        OAuthError::Refused { code, .. } => Some(code.clone()),
        _ => None,
    };
    RequestError {
        provider_code,
        ..unexpected(error.into_action_error(connector))
    }
}

pub(super) fn failure(code: &str, message: impl Into<String>) -> RequestError {
    RequestError {
        code: code.to_owned(),
        message: message.into(),
        provider_code: None,
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is given to `map_err`")]
fn unexpected(error: ActionError) -> RequestError {
    let code = match error.code() {
        ErrorCode::ProviderNotConfigured => code::NOT_CONFIGURED,
        ErrorCode::InternalError | ErrorCode::Unavailable => code::FAILED,
        _ => code::PROVIDER,
    };
    failure(code, error.message())
}
