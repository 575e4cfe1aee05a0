//! Authorization URLs.

use plugwright_sdk::{ActionError, ErrorCode};
use url::Url;

use super::{Pkce, Provider, State};

/// What a person is asked to authorize.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AuthorizationRequest<'a> {
    /// The callback of the gateway.
    pub(crate) redirect_uri: &'a str,
    pub(crate) state: &'a State,
    /// Sent unless the scheme disables it.
    pub(crate) pkce: &'a Pkce,
    /// Requested scopes; if empty, the provider decides.
    pub(crate) scopes: &'a [&'a str],
    /// Whether the person must choose an account, even if there is only one.
    pub(crate) select_account: bool,
}

impl Provider<'_> {
    /// Returns whether an issuer (RFC 9207) is the server of this provider. Its identifier is not known,
    /// but it is a URL of a server that has one of the endpoints.
    pub(crate) fn is_issuer(&self, issuer: &str) -> Result<bool, ActionError> {
        let Ok(issuer) = Url::parse(issuer) else {
            return Ok(false);
        };
        let authorization = self.authorization_endpoint()?;
        let token = self.token_endpoint()?;
        let mut endpoints = authorization.iter().chain([&token]);
        Ok(endpoints.any(|endpoint| endpoint.origin() == issuer.origin()))
    }

    fn authorization_endpoint(&self) -> Result<Option<Url>, ActionError> {
        match &self.endpoints.authorization {
            Some(url) => Ok(Some(url.clone())),
            None => self.scheme.authorization_url(self.settings),
        }
    }

    /// Returns the URL of an authorization request; fails if the scheme has no authorization endpoint, or
    /// one of its settings is missing or invalid.
    pub(crate) fn authorization_url(
        &self,
        request: &AuthorizationRequest<'_>,
    ) -> Result<Url, ActionError> {
        let scheme = self.scheme;
        let mut url = self.authorization_endpoint()?.ok_or_else(|| {
            ActionError::new(
                ErrorCode::InternalError,
                format!("`{}` has no authorization endpoint", self.connector),
            )
        })?;
        // RFC 6749, section 3.1.
        url.set_fragment(None);
        let mut parameters: Vec<(&str, String)> = Vec::new();
        let mut add = |name, value: &str| parameters.push((name, value.to_owned()));
        add("response_type", "code");
        add("client_id", &self.client.id);
        add("redirect_uri", request.redirect_uri);
        if !request.scopes.is_empty() {
            let scopes = request.scopes.join(scheme.scope_separator);
            add(scheme.scope_parameter, &scopes);
        }
        add("state", request.state.expose());
        if scheme.pkce {
            add("code_challenge", &request.pkce.challenge);
            add("code_challenge_method", "S256");
        }
        for (name, value) in scheme.authorize_parameters {
            add(name, value);
        }
        if request.select_account {
            for &(name, value) in scheme.account_picker {
                match parameters.iter_mut().find(|(known, _)| *known == name) {
                    // `prompt` is a list (OpenID Connect Core, section 3.1.2.1).
                    Some((_, known)) if name == "prompt" => {
                        if known.split(' ').all(|prompt| prompt != value) {
                            known.push(' ');
                            known.push_str(value);
                        }
                    }
                    Some((_, known)) => value.clone_into(known),
                    None => parameters.push((name, value.to_owned())),
                }
            }
        }
        url.query_pairs_mut().extend_pairs(parameters);
        Ok(url)
    }
}
