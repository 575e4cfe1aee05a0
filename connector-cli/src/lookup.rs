//! Finds connectors and actions by name, and the traffic that is recorded for them.

use plugwright_sdk::host::{Connector, Entry, Registry, nearest};
use plugwright_sdk::{ActionError, Cassette, ErrorCode};

use crate::binary;
use crate::failure::{Exit, Failure};

/// Finds an action by any spelling of its id, or suggests the nearest ones.
pub(crate) fn action(registry: &Registry, name: &str) -> Result<Entry, Failure> {
    registry.find(name).map_err(|unknown| {
        let offered = !unknown.nearest.is_empty();
        let failure = Failure::from(ActionError::from(unknown));
        // The registry compares whole ids, so a name without its connector is never near.
        let mut entries = registry.own_actions().iter();
        let namesake = entries.find(|entry| entry.action.name() == name);
        match namesake {
            Some(entry) => failure.advise(format!("did you mean `{}`?", entry.id())),
            None if offered => failure,
            None => failure.advise(format!("`{} list` lists all actions", binary::name())),
        }
    })
}

/// Finds a connector by name, or suggests the nearest one.
pub(crate) fn connector<'r>(registry: &'r Registry, name: &str) -> Result<&'r Connector, Failure> {
    if let Some(connector) = registry.connector(name) {
        return Ok(connector);
    }
    let known: Vec<_> = registry.names().collect();
    Err(unknown_connector(name, &known))
}

pub(crate) fn unknown_connector(name: &str, known: &[&str]) -> Failure {
    let near = nearest::did_you_mean(name, known.iter().copied()).unwrap_or_else(|| match known {
        [] => "; no connectors are available".to_owned(),
        known => format!("; available: {}", nearest::list(known.iter().copied())),
    });
    let message = format!("no connector is named `{name}`{near}");
    ActionError::new(ErrorCode::ConnectorNotFound, message).into()
}

/// Of a name that is no action's, offers the connector that it is near to, if it has the form of a
/// connector's name.
pub(crate) fn or_connector(failure: Failure, name: &str, known: &[&str]) -> Failure {
    let is_near = || nearest::did_you_mean(name, known.iter().copied()).is_some();
    if failure.exit == Exit::NotFound && !name.contains('.') && is_near() {
        unknown_connector(name, known)
    } else {
        failure
    }
}

pub(crate) fn cassettes(connector: &Connector) -> Result<Vec<Cassette>, Failure> {
    Cassette::shipped(connector.cassettes()).map_err(|error| Failure::internal(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::SHOP;

    #[test]
    fn an_unknown_action_is_not_found_and_says_where_to_look() {
        let registry = Registry::new([&SHOP]).unwrap();
        for (name, help) in [
            ("test-shop.items.lst", "did you mean `test-shop.items.list`"),
            ("items.list", "test-shop.items.list"),
            ("zzz", " list` lists all actions"),
        ] {
            let failure = action(&registry, name).unwrap_err();
            assert_eq!(failure.exit, Exit::NotFound);
            assert!(failure.to_text().contains(help), "{}", failure.to_text());
        }
    }

    #[test]
    fn an_unknown_connector_is_not_found_and_offers_the_nearest() {
        let registry = Registry::new([&SHOP]).unwrap();
        let failure = connector(&registry, "test-shpo").unwrap_err();
        assert_eq!(failure.exit, Exit::NotFound);
        assert_eq!(
            failure.error.message(),
            "no connector is named `test-shpo`; did you mean `test-shop`?"
        );
        assert!(
            connector(&registry, "zzz")
                .unwrap_err()
                .error
                .message()
                .ends_with("available: test-shop")
        );
    }
}
