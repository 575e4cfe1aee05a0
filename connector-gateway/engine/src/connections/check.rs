//! Checks of the operator's input for a connection.

use std::collections::BTreeMap;

use plugwright_sdk::auth::Scheme;
use plugwright_sdk::host::{Connector, Echo, Faults, Registry, nearest};
use plugwright_store::Organization;

use super::{Identify, name};
use crate::catalog::near;

pub(crate) fn name(name: Option<&str>, faults: &mut Faults) {
    if let Some(message) = name.and_then(name::fault) {
        faults.note("name", message);
    }
}

pub(super) fn organization(name: &str, known: &[Organization], faults: &mut Faults) {
    if known.iter().all(|organization| organization.name != name) {
        let names = known.iter().map(|organization| organization.name.as_str());
        let near = nearest::did_you_mean(name, names).unwrap_or_default();
        faults.note(
            "organization",
            format_args!("names an unknown organization, `{}`{near}", Echo(name)),
        );
    }
}

pub(crate) fn known<'r>(
    registry: &'r Registry,
    name: &str,
    faults: &mut Faults,
) -> Option<&'r Connector> {
    let found = registry.connector(name);
    if found.is_none() {
        let near = near(name, registry.names());
        faults.note(
            "connector",
            format_args!("names an unknown connector, `{}`{near}", Echo(name)),
        );
    }
    found
}

/// Finds a connector whose connections are made from a credential.
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
        "needs no connection: it has no authentication"
    } else if schemes
        .iter()
        .all(|auth| is_none(&auth.scheme) || is_oauth(&auth.scheme))
    {
        "only supports OAuth; connect it with `plugwright connect`"
    } else {
        return Some(connector);
    };
    faults.note(
        "connector",
        format_args!("can't be `{name}`, which {problem}"),
    );
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
        faults.note(
            "test",
            format_args!(
                "can't be true: `{}` has no connection test",
                connector.name()
            ),
        );
    }
}
