//! Search among the actions that a caller may call.

use plugwright_catalog::SearchQuery;
use plugwright_sdk::ActionError;
use plugwright_sdk::host::{Connector, Entry};

use super::Caller;
use crate::answer::defect;

/// For each hit that is wanted, so many are looked at: a caller may not be allowed to call some.
const LOOKED_AT: usize = 8;

/// Returns the actions that fit a search, the best first.
pub(super) fn search(caller: &Caller, query: SearchQuery<'_>) -> Result<Vec<Entry>, ActionError> {
    let many = query.limit.saturating_mul(LOOKED_AT);
    let (entries, looked_at) = allowed(caller, query.limit(many), query.limit)?;
    if entries.len() == query.limit || looked_at < many || query.connectors.is_some() {
        return Ok(entries);
    }
    // The best hits are of connectors that the caller may not call.
    let connectors: Vec<_> = caller.connectors().map(Connector::name).collect();
    let own = query.limit(many).connectors(&connectors);
    Ok(allowed(caller, own, query.limit)?.0)
}

/// Returns the first hits that are allowed, and how many there are in all.
fn allowed(
    caller: &Caller,
    query: SearchQuery<'_>,
    limit: usize,
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
    Ok((entries.take(limit).collect(), looked_at))
}
