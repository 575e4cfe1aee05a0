//! Checks of what the operator says about projects and provider configs.

use plugwright_sdk::auth::Scheme;
use plugwright_sdk::host::Connector;
use plugwright_sdk::host::{Echo, Fault, Faults, Registry, nearest};

use super::return_uri;
use crate::connections::name_fault;
use crate::tokens;

/// How many addresses a project may send browsers back to.
pub const MOST_RETURN_URIS: usize = 20;

/// How many scopes a provider config may name.
const MOST_SCOPES: usize = 200;

fn fault(param: impl Into<String>, message: impl Into<String>) -> Fault {
    Fault {
        param: param.into(),
        message: message.into(),
    }
}

pub(super) fn name(name: Option<&str>, faults: &mut Faults) {
    let found = name.and_then(name_fault);
    faults.extend(found.map(|message| fault("name", message)));
}

/// Checks a name that people see.
pub(super) fn shown_name(param: &str, name: Option<&str>, faults: &mut Faults) {
    let found = name.and_then(tokens::name_fault);
    faults.extend(found.map(|message| fault(param, message)));
}

/// Returns the entries as they are kept, each once.
pub(super) fn return_uris(given: &[String], faults: &mut Faults) -> Vec<String> {
    if given.len() > MOST_RETURN_URIS {
        faults.push(fault(
            "returnUris",
            format!("must have at most {MOST_RETURN_URIS} entries"),
        ));
        return Vec::new();
    }
    let mut kept = Vec::new();
    for (index, text) in given.iter().enumerate() {
        match return_uri::entry(text) {
            Ok(entry) if kept.contains(&entry) => {}
            Ok(entry) => kept.push(entry),
            Err(message) => faults.push(fault(format!("returnUris[{index}]"), message)),
        }
    }
    kept
}

/// Finds a connector that people can connect accounts of.
pub(super) fn connector<'r>(
    registry: &'r Registry,
    name: &str,
    faults: &mut Faults,
) -> Option<&'r Connector> {
    let Some(connector) = registry.connector(name) else {
        let names = registry.connectors().iter().map(|known| known.name());
        let meant = nearest::did_you_mean(name, names).unwrap_or_default();
        let message = format!("is `{}`, which is no connector{meant}", Echo(name));
        faults.push(fault("connector", message));
        return None;
    };
    let connects = connector
        .auth()
        .iter()
        .any(|auth| !matches!(auth.scheme, Scheme::None));
    if !connects {
        let message = format!(
            "is `{name}`, which has no authentication, so that there is nothing to connect"
        );
        faults.push(fault("connector", message));
        return None;
    }
    Some(connector)
}

/// Checks scopes that are to be asked for; returns each once.
pub(super) fn scopes(connector: &Connector, given: &[String], faults: &mut Faults) -> Vec<String> {
    let Some(oauth) = connector.oauth2() else {
        let message = format!(
            "must be null: `{}` has no OAuth, and so no scopes",
            connector.name()
        );
        faults.push(fault("scopes", message));
        return Vec::new();
    };
    if given.is_empty() {
        let message = "must not be empty; null asks for those that the connector asks for";
        faults.push(fault("scopes", message));
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
                list.map_or_else(String::new, |list| format!("; there are {list}"))
            });
            let message = format!(
                "is `{}`, which is no scope of `{}`{allowed}",
                Echo(scope),
                connector.name()
            );
            faults.push(fault(format!("scopes[{index}]"), message));
        } else if !kept.contains(scope) {
            kept.push(scope.clone());
        }
    }
    kept
}
