//! Checks of the operator's input for projects and provider configs.

use plugwright_sdk::auth::Scheme;
use plugwright_sdk::host::{Connector, Echo, Faults, Registry, nearest};

use super::return_uri;
use crate::connections::check::known;
pub(super) use crate::connections::check::name;
use crate::tokens;

/// Most return URLs of a project.
pub const MOST_RETURN_URIS: usize = 20;

const MOST_SCOPES: usize = 200;

pub(super) fn shown_name(param: &str, name: Option<&str>, faults: &mut Faults) {
    if let Some(message) = name.and_then(tokens::name_fault) {
        faults.note(param, message);
    }
}

/// Returns the entries normalized and without duplicates.
pub(super) fn return_uris(given: &[String], faults: &mut Faults) -> Vec<String> {
    if given.len() > MOST_RETURN_URIS {
        faults.note(
            "returnUris",
            format_args!("must have at most {MOST_RETURN_URIS} entries"),
        );
        return Vec::new();
    }
    let mut kept = Vec::new();
    for (index, text) in given.iter().enumerate() {
        match return_uri::entry(text) {
            Ok(entry) if kept.contains(&entry) => {}
            Ok(entry) => kept.push(entry),
            Err(message) => faults.note(format_args!("returnUris[{index}]"), message),
        }
    }
    kept
}

/// Finds a connector that accounts can be connected to.
pub(super) fn connector<'r>(
    registry: &'r Registry,
    name: &str,
    faults: &mut Faults,
) -> Option<&'r Connector> {
    let connector = known(registry, name, faults)?;
    let connects = connector
        .auth()
        .iter()
        .any(|auth| !matches!(auth.scheme, Scheme::None));
    if !connects {
        let message =
            format!("is `{name}`, which has no authentication, so there is nothing to connect");
        faults.note("connector", message);
        return None;
    }
    Some(connector)
}

/// Checks requested scopes; returns them without duplicates.
pub(super) fn scopes(connector: &Connector, given: &[String], faults: &mut Faults) -> Vec<String> {
    let Some(oauth) = connector.oauth2() else {
        let message = format!(
            "must be null: `{}` has no OAuth, and so no scopes",
            connector.name()
        );
        faults.note("scopes", message);
        return Vec::new();
    };
    if given.is_empty() {
        let message = "must not be empty; null asks for those that the connector asks for";
        faults.note("scopes", message);
    }
    if given.len() > MOST_SCOPES {
        faults.note(
            "scopes",
            format_args!("must have at most {MOST_SCOPES} entries"),
        );
        return Vec::new();
    }
    let declared = || oauth.scopes.iter().map(|scope| scope.name);
    let mut kept: Vec<String> = Vec::new();
    for (index, scope) in given.iter().enumerate() {
        if faults.is_full() {
            faults.stop();
            break;
        }
        if declared().all(|known| known != scope) {
            let allowed = nearest::did_you_mean(scope, declared()).unwrap_or_else(|| {
                if oauth.scopes.is_empty() {
                    return "; it declares none".to_owned();
                }
                let list = faults.list(declared());
                list.map_or_else(String::new, |list| format!("; allowed: {list}"))
            });
            let message = format!(
                "has `{}`, which is not a scope of `{}`{allowed}",
                Echo(scope),
                connector.name()
            );
            faults.note(format!("scopes[{index}]"), message);
        } else if !kept.contains(scope) {
            kept.push(scope.clone());
        }
    }
    kept
}
