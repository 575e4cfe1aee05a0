//! OAuth 2, as a client: authorization URLs, requests for tokens, and what their answers mean.
//! Where providers stray from the standard is data of the scheme.

mod answer;
mod authorization;
mod error;
mod registration;
mod request;
mod secrets;

use std::collections::BTreeMap;

use plugwright_sdk::OAuth2;
use tokio::time::Instant;

use crate::egress::Egress;

pub(crate) use answer::Grant;
pub(crate) use authorization::AuthorizationRequest;
pub(crate) use error::OAuthError;
pub use registration::OAuthConfig;
pub(crate) use registration::{Client, Endpoints, Registration, Registrations};
pub(crate) use secrets::{Pkce, State};

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
