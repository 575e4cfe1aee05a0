//! How requests leave for providers.

use std::collections::HashMap;
use std::time::Duration;

use plugwright_egress::Egress;
use plugwright_sdk::host::Connector;
use plugwright_sdk::{ActionError, ErrorCode};

/// The way to providers, and how long and how large what comes back may be.
pub(crate) struct Outbound {
    /// None where nothing is sent.
    pub(crate) egress: Option<Egress>,
    /// Whether calls are answered from recorded traffic.
    pub(crate) recorded: bool,
    /// Base URLs that replace those of connectors, by the connector's name.
    pub(crate) base_urls: HashMap<String, String>,
    /// Time that a call has if it does not ask for another.
    pub(crate) timeout: Duration,
    /// Longest answer of a provider, in bytes.
    pub(crate) response_cap: usize,
}

impl Outbound {
    /// Returns the way out.
    ///
    /// # Errors
    ///
    /// `POLICY_DENIED` if there is none.
    pub(crate) fn egress(&self) -> Result<&Egress, ActionError> {
        self.egress.as_ref().ok_or_else(|| {
            let message = "this gateway was set up to send nothing";
            ActionError::new(ErrorCode::PolicyDenied, message)
        })
    }

    /// Returns the base URL of a connector: its own, or the one that the configuration sets for all
    /// its connections.
    pub(crate) fn base_url_of<'a>(&'a self, connector: &'a Connector) -> &'a str {
        let configured = self.base_url(connector.name());
        configured.unwrap_or_else(|| connector.base_url())
    }

    /// Returns the base URL that replaces a connector's own.
    pub(crate) fn base_url(&self, connector: &str) -> Option<&str> {
        self.base_urls.get(connector).map(String::as_str)
    }
}
