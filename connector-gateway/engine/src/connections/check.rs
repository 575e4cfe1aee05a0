//! Checks of what the operator says about a connection.

use std::collections::BTreeMap;

use plugwright_sdk::auth::Scheme;
use plugwright_sdk::host::Connector;
use plugwright_sdk::host::{Echo, Fault, Faults, Registry, nearest};
use plugwright_store::Organization;

use super::{Identify, name};

fn fault(param: impl Into<String>, message: impl Into<String>) -> Fault {
    Fault {
        param: param.into(),
        message: message.into(),
    }
}

pub(super) fn name(name: Option<&str>, faults: &mut Faults) {
    faults.extend(
        name.and_then(name::fault)
            .map(|message| fault("name", message)),
    );
}

pub(super) fn organization(name: &str, known: &[Organization], faults: &mut Faults) {
    if known.iter().all(|organization| organization.name != name) {
        let names = known.iter().map(|organization| organization.name.as_str());
        faults.push(fault(
            "organization",
            format!(
                "is `{}`, which is no organization{}",
                Echo(name),
                meant(name, names)
            ),
        ));
    }
}

/// Finds a connector.
pub(super) fn known<'r>(
    registry: &'r Registry,
    name: &str,
    faults: &mut Faults,
) -> Option<&'r Connector> {
    let found = registry.connector(name);
    if found.is_none() {
        let names = registry.connectors().iter().map(|known| known.name());
        faults.push(fault(
            "connector",
            format!(
                "is `{}`, which is no connector{}",
                Echo(name),
                meant(name, names)
            ),
        ));
    }
    found
}

/// Finds a connector whose connections can be made of a credential.
pub(super) fn connector<'r>(
    registry: &'r Registry,
    name: &str,
    identity: &dyn Identify,
    faults: &mut Faults,
) -> Option<&'r Connector> {
    let connector = known(registry, name, faults)?;
    let schemes = connector.auth();
    let is_none = |scheme: &Scheme| matches!(scheme, Scheme::None);
    let is_oauth = |scheme: &Scheme| matches!(scheme, Scheme::OAuth2(_));
    let problem = if schemes.iter().all(|auth| is_none(&auth.scheme)) {
        if !connector
            .settings_at(identity.base_url(connector))
            .is_empty()
        {
            return Some(connector);
        }
        "has no authentication, so that it needs no connection"
    } else if schemes
        .iter()
        .all(|auth| is_none(&auth.scheme) || is_oauth(&auth.scheme))
    {
        "authenticates by OAuth alone, so that its connections are made by the connect flow"
    } else {
        return Some(connector);
    };
    faults.push(fault("connector", format!("is `{name}`, which {problem}")));
    None
}

pub(super) fn settings(
    connector: &Connector,
    settings: &BTreeMap<String, String>,
    identity: &dyn Identify,
    faults: &mut Faults,
) {
    let found = connector.check_settings_at(identity.base_url(connector), settings);
    faults.append(found.renamed(|name| format!("settings.{name}")));
}

pub(super) fn test(connector: &Connector, test: Option<bool>, faults: &mut Faults) {
    if test == Some(true) && connector.identity().is_none() {
        faults.push(fault(
            "test",
            format!(
                "can't be true: `{}` has no connection test",
                connector.name()
            ),
        ));
    }
}

fn meant<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    nearest::did_you_mean(name, known).unwrap_or_default()
}
