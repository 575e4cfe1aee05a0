//! Search among the actions that a caller may call.

use std::collections::BTreeSet;

use plugwright_catalog::SearchQuery;
use plugwright_sdk::ActionError;
use plugwright_sdk::host::{Connector, Entry};
use plugwright_store::Connection;

use super::Caller;
use crate::answer::defect;

/// For each hit that is wanted, so many are looked at: a caller may not be allowed to call some.
const LOOKED_AT: usize = 8;

impl Caller {
    /// Returns the actions that fit a search, the best first.
    pub(crate) fn search(&self, query: SearchQuery<'_>) -> Result<Vec<Entry>, ActionError> {
        let connectors = || self.connectors().map(Connector::name).collect();
        fitting(self, query, |_| true, connectors)
    }

    /// Returns the actions that fit a search and whose connectors are ready, the best first.
    pub(crate) fn search_ready(
        &self,
        query: SearchQuery<'_>,
        connections: &[Connection],
        is_ready: impl Fn(&Connector) -> bool,
    ) -> Result<Vec<Entry>, ActionError> {
        let connectors = || {
            // Imported connectors without a connection are not looked through, as there may be thousands.
            let own = self.gateway.registry().own_actions().iter();
            let own = own.map(|entry| &entry.connector);
            let own = own.filter(|connector| is_ready(connector));
            let connected = connections.iter().map(|one| one.connector.as_str());
            let names: BTreeSet<_> = own.map(Connector::name).chain(connected).collect();
            names.into_iter().collect()
        };
        let is_wanted = |entry: &Entry| is_ready(&entry.connector);
        fitting(self, query, is_wanted, connectors)
    }
}

/// Returns the actions that fit a search and are wanted, the best first. `connectors` has those to look
/// in if the best hits are of others.
fn fitting<'c>(
    caller: &'c Caller,
    query: SearchQuery<'_>,
    is_wanted: impl Fn(&Entry) -> bool,
    connectors: impl FnOnce() -> Vec<&'c str>,
) -> Result<Vec<Entry>, ActionError> {
    let many = query.limit.saturating_mul(LOOKED_AT);
    let (entries, looked_at) = allowed(caller, query.limit(many), query.limit, &is_wanted)?;
    if entries.len() == query.limit || looked_at < many || query.connectors.is_some() {
        return Ok(entries);
    }
    let connectors = connectors();
    let own = query.limit(many).connectors(&connectors);
    Ok(allowed(caller, own, query.limit, &is_wanted)?.0)
}

/// Returns the first hits that are allowed and wanted, and how many hits there are in all.
fn allowed(
    caller: &Caller,
    query: SearchQuery<'_>,
    limit: usize,
    is_wanted: impl Fn(&Entry) -> bool,
) -> Result<(Vec<Entry>, usize), ActionError> {
    let index = caller.gateway.search_index();
    let hits = index
        .search(query)
        .map_err(|error| defect().with_source(error))?;
    let looked_at = hits.len();
    let registry = caller.gateway.registry();
    let allowed = hits.into_iter().filter(|id| caller.allows(id));
    // An action may have gone since it was indexed.
    let entries = allowed.filter_map(|id| registry.find(&id).ok());
    let entries = entries.filter(is_wanted);
    Ok((entries.take(limit).collect(), looked_at))
}
