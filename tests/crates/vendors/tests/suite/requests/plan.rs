//! What actions would send, called as their cassettes call them.

use std::sync::Arc;

use plugwright_sdk::testing::{block_on, call_of};
use plugwright_sdk::transport::{Plan, PlannedRequest};
use plugwright_sdk::{Cassette, ConnectorDefinition};

/// The first request of a call.
pub(crate) struct Planned {
    pub(crate) action: String,
    pub(crate) cassette: &'static str,
    pub(crate) request: PlannedRequest,
}

impl Planned {
    pub(crate) fn is_to(&self, url: &str) -> bool {
        self.request.url == url
    }
}

/// Plans the call of each cassette that succeeds.
pub(crate) fn planned(connector: &'static ConnectorDefinition) -> Vec<Planned> {
    let mut all = Vec::new();
    for (file, text) in connector.cassettes() {
        let cassette = Cassette::parse(file, text).unwrap();
        // Others may be calls that the provider refuses.
        if cassette.expect.error.is_some() {
            continue;
        }
        let plan = Arc::new(Plan::new());
        // The call ends there, with an error.
        drop(block_on(call_of(connector, &cassette, plan.clone())));
        let request = plan.requests().into_iter().next();
        all.push(Planned {
            request: request.unwrap_or_else(|| panic!("{file} sends nothing")),
            action: cassette.action,
            cassette: file,
        });
    }
    all
}
