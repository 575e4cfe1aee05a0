//! `list`: available actions.

use plugwright_sdk::host::{Connector, Registry, nearest};
use plugwright_sdk::{ActionError, ErrorCode};
use serde_json::{Value, json};

use crate::args::{ListArguments, ListFormat};
use crate::backend::Backend;
use crate::failure::{Failure, Stop};
use crate::info::ActionInfo;
use crate::output::grid::Grid;
use crate::output::{self, escape};

/// Lists all actions, or those of one connector.
pub(crate) fn list(backend: &Backend, arguments: &ListArguments) -> Result<(), Stop> {
    let cards = backend.actions(arguments.connector.as_deref())?;
    let text = match arguments.output {
        ListFormat::Table => table(&cards),
        ListFormat::Json => output::json::pretty(&cards.iter().map(summary).collect()),
    };
    Ok(output::print(&text)?)
}

/// Finds a connector by name, or suggests the nearest one.
pub(crate) fn connector<'r>(registry: &'r Registry, name: &str) -> Result<&'r Connector, Failure> {
    if let Some(connector) = registry.connector(name) {
        return Ok(connector);
    }
    let known: Vec<_> = registry.names().collect();
    Err(unknown_connector(name, &known))
}

/// Creates the failure for an unknown connector.
pub(crate) fn unknown_connector(name: &str, known: &[&str]) -> Failure {
    let near = nearest::did_you_mean(name, known.iter().copied()).unwrap_or_else(|| match known {
        [] => "; no connectors are available".to_owned(),
        known => format!("; available: {}", nearest::list(known.iter().copied())),
    });
    let message = format!("no connector is named `{name}`{near}");
    ActionError::new(ErrorCode::ConnectorNotFound, message).into()
}

/// Writes actions as a table.
pub(crate) fn table(cards: &[ActionInfo]) -> String {
    if cards.is_empty() {
        return "(empty)\n".to_owned();
    }
    let mut grid = Grid::new(["ACTION", "EFFECT", "TITLE"]);
    for info in cards {
        grid.push([
            escape(&info.id()),
            info.effect.to_string(),
            escape(&info.title),
        ]);
    }
    grid.render(output::width())
}

/// Summarizes an action.
pub(crate) fn summary(info: &ActionInfo) -> Value {
    let mut summary = json!({
        "id": info.id(),
        "connector": info.connector,
        "name": info.name,
        "title": info.title,
        "description": info.description,
        "effect": info.effect,
        "idempotent": info.idempotent,
        "returns": info.returns,
    });
    if let Some(by) = info.reconciles_by {
        summary["reconciles_by"] = by.as_str().into();
    }
    if let Some(note) = &info.deprecated {
        summary["deprecated"] = note.as_str().into();
    }
    summary
}

#[cfg(test)]
mod tests {
    use plugwright_sdk::host::Entry;

    use super::*;
    use crate::failure::Exit;
    use crate::fixture::{ITEMS_DELETE, ITEMS_LIST, SHOP};

    #[test]
    fn an_action_is_a_row() {
        let entries = [ITEMS_LIST, ITEMS_DELETE].map(|action| {
            ActionInfo::from(&Entry {
                connector: (&SHOP).into(),
                action: action.into(),
            })
        });
        assert_eq!(
            anstream::adapter::strip_str(&table(&entries)).to_string(),
            "ACTION                  EFFECT       TITLE\n\
             test-shop.items.list    read         List items\n\
             test-shop.items.delete  destructive  Delete an item\n"
        );
        assert_eq!(table(&[]), "(empty)\n");
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
