//! OAuth 2, as a client: authorization URLs, requests for tokens, what their answers mean, and
//! the gateway's registrations at providers. Where providers stray from the standard is data of the
//! scheme.

mod answer;
mod authorization;
mod clients;
mod error;
mod registration;
mod request;
mod secrets;

use std::collections::BTreeMap;

use plugwright_egress::Egress;
use plugwright_sdk::auth::OAuth2;
use tokio::time::Instant;

pub(crate) use answer::Grant;
pub(crate) use authorization::AuthorizationRequest;
pub use clients::{
    ClientEntry, ClientSource, LONGEST_TEXT as LONGEST_CLIENT_TEXT, NewClient, OAuthClients,
};
pub(crate) use error::OAuthError;
pub(crate) use registration::{Client, Endpoints, PATIENCE};
pub use registration::{OAuthConfig, Registration, Registrations};
pub(crate) use secrets::{Pkce, State};

/// A provider, as it is asked for the tokens of one connection.
#[derive(Clone, Copy)]
pub(crate) struct Provider<'a> {
    pub(crate) scheme: &'a OAuth2<'a>,
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
