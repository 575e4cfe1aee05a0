//! The auth schemes of actions that don't take all of the connector's.

use plugwright_sdk::host::SchemeParts;

use crate::action::Action;
use crate::plan::Plan;

/// Returns the places of the schemes that an action takes, if its credential could be sent by
/// another one, or none if it takes no credential.
pub(super) fn schemes(plan: &Plan<'_>, action: &Action<'_>) -> Option<Vec<usize>> {
    let auth = &plan.connector.parts.auth;
    let ways = action.source.auth.as_ref()?;
    let places: Vec<usize> = ways.iter().map(|way| way.scheme).collect();
    let form = |place: usize| auth.get(place).map_or(0, |auth| form(&auth.scheme));
    // A credential goes by the first scheme that takes it.
    let is_first = |place: &usize| {
        let mut before = (0..*place).filter(|other| !places.contains(other));
        !before.any(|other| form(other) == form(*place))
    };
    let is_open = places.iter().all(|place| form(*place) == 0);
    if is_open {
        return Some(Vec::new());
    }
    (!places.iter().all(is_first)).then_some(places)
}

fn form(scheme: &SchemeParts) -> u8 {
    match scheme {
        SchemeParts::None => 0,
        SchemeParts::ApiKeyHeader { .. }
        | SchemeParts::ApiKeyQuery { .. }
        | SchemeParts::BearerToken { .. }
        | SchemeParts::OAuth2 { .. } => 1,
        SchemeParts::Basic { .. } => 2,
        SchemeParts::Custom { .. } => 3,
    }
}
