//! What a server is started with.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use crate::PASSWORD;

/// What a server knows and allows.
#[derive(Clone, Debug)]
pub struct Settings {
    pub clients: Vec<Client>,
    /// The scopes that there are, beside `openid` and `offline_access`.
    pub scopes: Vec<String>,
    /// How long an access token lives, in whole seconds.
    pub access_token_lifetime: Duration,
    /// How much longer the resource takes one, in whole seconds.
    pub leeway: Duration,
    /// Whether each refresh token is for one use, and the grant ends when one comes twice.
    pub rotate_refresh_tokens: bool,
    /// The scopes that paths below `/api/` need; others need only a token.
    pub resources: BTreeMap<String, String>,
    /// The port; any free one if `None`.
    pub port: Option<u16>,
}

#[derive(Clone, Debug)]
pub struct Client {
    pub id: String,
    pub secret: String,
    /// How it authenticates at the token endpoint: `client_secret_basic` or `client_secret_post`.
    pub authentication: &'static str,
    /// Where codes may be sent: loopback, where any port will do.
    pub redirect_uri: String,
    pub grant_types: Vec<&'static str>,
}

impl Client {
    /// A client with a secret that authenticates by `client_secret_basic` and may do all.
    /// `redirect_path` is a path on 127.0.0.1.
    pub fn new(id: &str, secret: &str, redirect_path: &str) -> Self {
        Self {
            id: id.to_owned(),
            secret: secret.to_owned(),
            authentication: "client_secret_basic",
            redirect_uri: format!("http://127.0.0.1{redirect_path}"),
            grant_types: vec!["authorization_code", "refresh_token", "client_credentials"],
        }
    }

    fn to_json(&self) -> Value {
        json!({
            "client_id": self.id,
            "client_secret": self.secret,
            "token_endpoint_auth_method": self.authentication,
            "redirect_uris": [self.redirect_uri],
            "grant_types": self.grant_types,
            "response_types": ["code"],
            // Of such a client's redirect URI on loopback the port does not count (RFC 8252).
            "application_type": "native",
        })
    }
}

impl Settings {
    /// Access tokens of an hour, refresh tokens that rotate, and no scopes.
    pub fn new(clients: Vec<Client>) -> Self {
        Self {
            clients,
            scopes: Vec::new(),
            access_token_lifetime: Duration::from_hours(1),
            leeway: Duration::ZERO,
            rotate_refresh_tokens: true,
            resources: BTreeMap::new(),
            port: None,
        }
    }

    #[must_use]
    pub fn scopes(mut self, scopes: &[&str]) -> Self {
        self.scopes
            .extend(scopes.iter().map(|&scope| scope.to_owned()));
        self
    }

    pub(crate) fn to_json(&self) -> Value {
        json!({
            "clients": self.clients.iter().map(Client::to_json).collect::<Vec<_>>(),
            "scopes": self.scopes,
            "accessTokenSeconds": self.access_token_lifetime.as_secs(),
            "leewaySeconds": self.leeway.as_secs(),
            "rotateRefreshToken": self.rotate_refresh_tokens,
            "resources": self.resources,
            "password": PASSWORD,
            "port": self.port,
        })
    }
}
