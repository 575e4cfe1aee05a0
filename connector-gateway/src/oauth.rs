//! OAuth 2, as a client: authorization URLs, requests for tokens, and what their answers mean. It
//! keeps nothing; where providers stray from the standard is data of the scheme.

mod answer;
mod authorization;
mod error;
mod request;
mod secrets;

use std::collections::BTreeMap;

use plugwright_sdk::Secret;
use plugwright_sdk::auth::OAuth2;
use tokio::time::Instant;
use url::Url;

use crate::config::OAuthConfig;
use crate::egress::Egress;

pub(crate) use answer::Grant;
pub(crate) use authorization::AuthorizationRequest;
pub(crate) use error::OAuthError;
pub(crate) use secrets::{Pkce, State};

/// The gateway's registration at a provider.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    pub(crate) id: String,
    /// None of a public client.
    pub(crate) secret: Option<Secret>,
}

impl Client {
    /// Returns the client that the configuration names.
    pub(crate) fn configured(config: &OAuthConfig) -> Option<Self> {
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

/// A provider, as it is asked for the tokens of one connection.
#[derive(Clone, Copy)]
pub(crate) struct Provider<'a> {
    pub(crate) scheme: &'a OAuth2,
    pub(crate) client: &'a Client,
    pub(crate) endpoints: &'a Endpoints,
    /// Settings of the connection, which templates of endpoints may name.
    pub(crate) settings: &'a BTreeMap<String, String>,
    pub(crate) egress: &'a Egress,
    /// Name of the connector.
    pub(crate) connector: &'a str,
    /// When an answer must be there.
    pub(crate) deadline: Instant,
}

#[cfg(test)]
mod tests;
