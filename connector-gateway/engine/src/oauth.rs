//! An OAuth 2 client: authorization URLs, token requests and their responses, and the gateway's
//! client registrations. Deviations of providers from the standard are data of the scheme.

mod authorization;
mod clients;
mod error;
mod registration;
mod request;
mod response;
mod secrets;

use std::collections::BTreeMap;

use plugwright_egress::Egress;
use plugwright_sdk::auth::OAuth2;
use tokio::time::Instant;

pub(crate) use authorization::AuthorizationRequest;
pub use clients::{
    ClientEntry, ClientSource, LONGEST_TEXT as LONGEST_CLIENT_TEXT, NewClient, OAuthClients,
};
pub(crate) use error::OAuthError;
pub(crate) use registration::{Client, PATIENCE};
pub use registration::{Endpoints, OAuthConfig, Registration, Registrations};
pub(crate) use response::Grant;
pub(crate) use secrets::{Pkce, State};

/// A provider, to request the tokens of one connection from.
pub(crate) struct Provider<'a> {
    pub(crate) scheme: &'a OAuth2<'a>,
    pub(crate) client: Client,
    pub(crate) endpoints: Endpoints,
    /// Settings of the connection, for placeholders in endpoints.
    pub(crate) settings: &'a BTreeMap<String, String>,
    pub(crate) egress: &'a Egress,
    pub(crate) connector: &'a str,
    /// When the response must be complete.
    pub(crate) deadline: Instant,
}

#[cfg(test)]
mod tests;
