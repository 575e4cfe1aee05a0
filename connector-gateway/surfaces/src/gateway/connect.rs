//! What the deployment says about connecting accounts.

use std::collections::HashMap;

use url::Url;

use plugwright_engine::oauth::OAuthConfig;

/// How accounts are connected.
#[derive(Clone, Debug, Default)]
pub struct ConnectSettings {
    /// The address under which browsers reach the gateway. Without it nothing is connected in a
    /// browser.
    pub public_url: Option<Url>,
    /// Where browsers may be sent back to after an organization's account was connected, beside
    /// addresses of the browser's own machine: each is a URL that the address must begin with.
    pub return_uris: Vec<String>,
    /// Clients and endpoints of OAuth by connector. A client that is stored comes before these.
    pub oauth: HashMap<String, OAuthConfig>,
}
