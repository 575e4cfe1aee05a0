//! The auth schemes of actions that don't take all of the connector's.

use plugwright_sdk::host::SchemeParts;

use crate::action::Action;
use crate::plan::Plan;

/// Returns the places of the schemes that an action takes, if not all of them; no places if it takes no
/// credential.
pub(super) fn schemes(plan: &Plan<'_>, action: &Action<'_>) -> Option<Vec<usize>> {
    let auth = &plan.connector.parts.auth;
    let ways = action.source.auth.as_ref()?;
    let places: Vec<usize> = ways.iter().map(|way| way.scheme).collect();
    let is_open = |place: &usize| {
        let auth = auth.get(*place);
        auth.is_none_or(|auth| matches!(auth.scheme, SchemeParts::None))
    };
    if places.iter().all(is_open) {
        return Some(Vec::new());
    }
    (places.len() < auth.len()).then_some(places)
}
