//! Requests to providers.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use plugwright_egress::Egress;
use plugwright_sdk::host::Connector;
use plugwright_sdk::{ActionError, ErrorCode};

use crate::large::Memory;

/// Egress, with the limits of calls.
pub(crate) struct Outbound {
    /// `None` if nothing may be sent.
    pub(crate) egress: Option<Egress>,
    /// Base URLs that replace those of connectors, by connector.
    pub(crate) base_urls: HashMap<String, String>,
    /// Whether calls are answered from recorded traffic.
    pub(crate) recorded: bool,
    pub(crate) timeout: Duration,
    /// Largest response of a provider, in bytes.
    pub(crate) response_cap: usize,
    pub(crate) memory: Arc<Memory>,
}

impl Outbound {
    /// Returns egress; `POLICY_DENIED` if nothing may be sent.
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

    pub(crate) fn base_url(&self, connector: &str) -> Option<&str> {
        self.base_urls.get(connector).map(String::as_str)
    }
}
