//! The deployment's settings for connecting accounts.

use std::collections::HashMap;

use url::Url;

use plugwright_engine::oauth::OAuthConfig;

/// How accounts are connected.
#[derive(Clone, Debug, Default)]
pub struct ConnectSettings {
    /// Where browsers reach the gateway. Without it, no account can be connected in a browser.
    pub public_url: Option<Url>,
    /// Where browsers may be redirected to after an organization's account was connected, apart from
    /// the browser's own machine: each is a URL prefix.
    pub return_uris: Vec<String>,
    /// OAuth clients and endpoints by connector. A stored client takes precedence.
    pub oauth: HashMap<String, OAuthConfig>,
}
