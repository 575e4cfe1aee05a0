//! The settings of an OAuth 2 provider: endpoints, scopes, and where it deviates from the
//! standard.

mod answer;
mod builder;

use std::collections::BTreeMap;
use std::time::Duration;

use url::Url;

use super::NeededScope;
use crate::error::Result;
use crate::url_template;

pub use answer::TokenAnswer;

/// Endpoints and scopes of an OAuth 2 provider (RFC 6749), and where it strays from the standard.
///
/// Endpoints may be templates over the settings of a connection, as base URLs may:
/// `https://{site}.example.com/oauth/token`. The client's secret goes there, so that a setting
/// can't choose the whole host.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct OAuth2<'a> {
    /// The authorization endpoint; `None` for client credentials.
    pub authorization_endpoint: Option<&'a str>,
    /// The token endpoint.
    pub token_endpoint: &'a str,
    /// Where tokens are given back, if the provider has such a place.
    pub revocation: Option<Revocation>,
    /// The scopes that actions may ask for.
    pub scopes: &'a [Scope<'a>],
    /// The scopes that are requested by default.
    pub default_scopes: &'static [&'static str],
    /// The separator of scopes in a request: a space (RFC 6749, section 3.3) unless set
    /// otherwise.
    pub scope_separator: &'static str,
    /// The parameter that has the scopes: `scope` unless said otherwise.
    pub scope_parameter: &'static str,
    /// How the client authenticates at the token endpoint.
    pub client_authentication: ClientAuthentication,
    /// Whether authorization requests have a PKCE challenge (RFC 7636, S256).
    pub pkce: bool,
    /// Whether the redirect URI is this connector's own, so that a code of another provider's server
    /// is known (RFC 9700, section 4.4.2).
    pub own_callback: bool,
    /// Further parameters of authorization requests.
    pub authorize_parameters: &'static [(&'static str, &'static str)],
    /// Parameters of an authorization request that ask the person which account to use.
    pub account_picker: &'static [(&'static str, &'static str)],
    /// Further parameters of token requests.
    pub token_parameters: &'static [(&'static str, &'static str)],
    /// Further headers of token requests.
    pub token_headers: &'static [(&'static str, &'static str)],
    /// How token requests are written.
    pub token_request: RequestFormat,
    /// Where an answer of the token endpoint has what.
    pub token_answer: TokenAnswer,
    /// Where the answer to a refresh has what.
    pub refresh_answer: TokenAnswer,
    /// Whether refresh tokens are rotated.
    pub refresh: Refresh,
    /// How long an access token lives whose answer does not tell; `None` is until it is revoked.
    pub lifetime: Option<Duration>,
}

/// A scope of an OAuth 2 provider.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    /// The scope's value.
    pub name: &'a str,
    /// A description of what it allows.
    pub description: &'a str,
    /// Scopes that whoever has this one need not be granted: what they allow, this one allows too.
    pub includes: &'static [&'static str],
}

impl Scope<'_> {
    /// Names scopes that this one includes, so that an account that granted it is not asked for
    /// them.
    #[must_use]
    pub const fn including(mut self, scopes: &'static [&'static str]) -> Self {
        self.includes = scopes;
        self
    }
}

/// Names a scope and says what it allows.
pub const fn scope<'a>(name: &'a str, description: &'a str) -> Scope<'a> {
    Scope {
        name,
        description,
        includes: &[],
    }
}

/// How a client authenticates at the token endpoint (RFC 6749, section 2.3.1). A client without a
/// secret is a public one everywhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ClientAuthentication {
    /// Id and secret as user name and password of HTTP Basic: `client_secret_basic`.
    #[default]
    SecretBasic,
    /// Id and secret in the body: `client_secret_post`.
    SecretPost,
    /// The id alone, in the body: `none`, a public client.
    Public,
}

/// How a request is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RequestFormat {
    /// `application/x-www-form-urlencoded`, as the standard wants it.
    #[default]
    Form,
    /// A JSON object.
    Json,
}

/// Whether refresh tokens are rotated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Refresh {
    /// An answer may replace it, after which the old one counts as stolen: it must not be used
    /// twice. Where the answer has none, the old one stays.
    #[default]
    Rotating,
    /// It stays the same, so that a refresh of which nothing was heard can be repeated.
    Reusable,
    /// There are none: an access token is good until it expires or is revoked.
    Never,
}

/// Where and how tokens are given back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revocation {
    /// The endpoint, perhaps a template; `{client_id}` is the client's id.
    pub endpoint: &'static str,
    /// How the request looks.
    pub request: RevocationRequest,
}

/// How a request looks that gives a token back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RevocationRequest {
    /// `POST` of a form (RFC 7009), with the client named as at the token endpoint.
    Form,
    /// `POST` of a JSON object with the same members, with the client named by HTTP Basic.
    Json,
    /// `DELETE` with the JSON object `{"access_token": ..}`, with the client named by HTTP Basic.
    Delete,
}

impl Revocation {
    /// The revocation endpoint of RFC 7009.
    pub const fn standard(endpoint: &'static str) -> Self {
        Self {
            endpoint,
            request: RevocationRequest::Form,
        }
    }

    /// A revocation endpoint that takes JSON, as Todoist's does.
    pub const fn json(endpoint: &'static str) -> Self {
        Self {
            endpoint,
            request: RevocationRequest::Json,
        }
    }

    /// An access token that is deleted by `DELETE`, as at GitHub.
    pub const fn delete(endpoint: &'static str) -> Self {
        Self {
            endpoint,
            request: RevocationRequest::Delete,
        }
    }
}

/// The name in an endpoint's template that is no setting.
const CLIENT_ID: &str = "client_id";

impl<'a> OAuth2<'a> {
    /// Returns the authorization endpoint for a connection with these settings; `None` for client
    /// credentials.
    ///
    /// # Errors
    ///
    /// If a setting is missing or has a value that can't stand where the template has it.
    pub fn authorization_url(&self, settings: &BTreeMap<String, String>) -> Result<Option<Url>> {
        self.authorization_endpoint
            .map(|template| url_template::fill(template, settings))
            .transpose()
    }

    /// Returns the token endpoint for a connection with these settings.
    ///
    /// # Errors
    ///
    /// As [`authorization_url`](Self::authorization_url).
    pub fn token_url(&self, settings: &BTreeMap<String, String>) -> Result<Url> {
        url_template::fill(self.token_endpoint, settings)
    }

    /// Returns the revocation endpoint for a connection with these settings, if there is one.
    ///
    /// # Errors
    ///
    /// As [`authorization_url`](Self::authorization_url).
    pub fn revocation_url(
        &self,
        settings: &BTreeMap<String, String>,
        client_id: &str,
    ) -> Result<Option<Url>> {
        let Some(revocation) = self.revocation else {
            return Ok(None);
        };
        let mut names = settings.clone();
        names.insert(CLIENT_ID.to_owned(), client_id.to_owned());
        url_template::fill(revocation.endpoint, &names).map(Some)
    }

    /// Returns those of the needed scopes of which no alternative is granted or included in one that is.
    ///
    /// ```
    /// use plugwright_sdk::auth::{NeededScope, Scheme};
    /// use plugwright_sdk::{Auth, scope};
    ///
    /// let auth = Auth::oauth2("https://example.com/authorize", "https://example.com/token", const {
    ///     &[scope("repo", "All").including(&["repo:status"]), scope("admin", "More")]
    /// });
    /// let Scheme::OAuth2(oauth2) = auth.scheme else { unreachable!() };
    /// let granted = ["repo".to_owned()];
    /// let needed = [&["repo:status"] as &[_], &["admin"], &["admin", "repo"]].map(NeededScope::any_of);
    /// assert_eq!(oauth2.missing_scopes(&granted, &needed), [NeededScope::any_of(&["admin"])]);
    /// ```
    pub fn missing_scopes<'n>(
        &self,
        granted: &[String],
        needed: &[NeededScope<'n>],
    ) -> Vec<NeededScope<'n>> {
        let has = |name: &str| granted.iter().any(|scope| scope == name);
        let includes = |name: &str| {
            self.scopes
                .iter()
                .any(|scope| has(scope.name) && scope.includes.contains(&name))
        };
        needed
            .iter()
            .copied()
            .filter(|scope| {
                let mut alternatives = scope.alternatives();
                !alternatives.any(|name| has(name) || includes(name))
            })
            .collect()
    }

    pub(crate) fn endpoints(self) -> impl Iterator<Item = &'a str> {
        let revocation = self.revocation.map(|revocation| revocation.endpoint);
        [
            self.authorization_endpoint,
            Some(self.token_endpoint),
            revocation,
        ]
        .into_iter()
        .flatten()
    }

    /// Returns whether a name in a template is filled by the client and not by a setting.
    pub(crate) fn fills(name: &str) -> bool {
        name == CLIENT_ID
    }
}

/// Returns whether an endpoint is an http or https URL whose host ends in a domain that the template
/// itself names, so that no setting leads the client's secret elsewhere.
pub(crate) const fn has_own_host(template: &str) -> bool {
    let text = template.as_bytes();
    let mut at = match text {
        [b'h', b't', b't', b'p', b's', b':', b'/', b'/', ..] => 8,
        [b'h', b't', b't', b'p', b':', b'/', b'/', ..] => 7,
        _ => return false,
    };
    let start = at;
    // Dots behind the last setting; a host without settings needs none.
    let (mut dots, mut templated, mut joined) = (0, false, false);
    while at < text.len() && !matches!(text[at], b'/' | b'?' | b'#') {
        match text[at] {
            b'@' => return false,
            b'}' => {
                templated = true;
                dots = 0;
                joined = at + 1 < text.len() && text[at + 1] != b'.';
            }
            b'.' => dots += 1,
            _ => {}
        }
        at += 1;
    }
    let last = text[at - 1];
    at > start && (!templated || (dots >= 2 && !joined && last != b'.' && last != b'}'))
}

#[cfg(test)]
mod tests;
