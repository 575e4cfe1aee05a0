//! `list`: which actions there are.

use plugwright_sdk::{
    Action as _, ActionError, ConnectorDefinition, Entry, ErrorCode, Registry, nearest,
};
use serde_json::{Value, json};

use crate::args::{ListArguments, ListFormat};
use crate::failure::{Failure, Stop};
use crate::output::grid::Grid;
use crate::output::{self, escape};

/// Lists all actions, or those of one connector.
pub(crate) fn list(registry: &Registry, arguments: &ListArguments) -> Result<(), Stop> {
    let only = arguments
        .connector
        .as_deref()
        .map(|name| connector(registry, name))
        .transpose()?;
    let entries: Vec<_> = registry
        .actions()
        .iter()
        .copied()
        .filter(|entry| only.is_none_or(|only| std::ptr::eq(only, entry.connector)))
        .collect();
    let text = match arguments.output {
        ListFormat::Table => table(&entries),
        ListFormat::Json => {
            output::json::pretty(&entries.iter().map(|entry| summary(*entry)).collect())
        }
    };
    Ok(output::print(&text)?)
}

/// Finds a connector by name, or offers the nearest.
pub(crate) fn connector(
    registry: &Registry,
    name: &str,
) -> Result<&'static ConnectorDefinition, Failure> {
    if let Some(connector) = registry.connector(name) {
        return Ok(connector);
    }
    let known: Vec<_> = registry
        .connectors()
        .iter()
        .map(|connector| connector.name())
        .collect();
    let near = nearest::names(name, known.iter().copied(), 1);
    let near = match (near.first(), known.as_slice()) {
        (Some(near), _) => format!("did you mean `{near}`?"),
        (None, []) => "this binary has none".to_owned(),
        (None, known) => format!("there are {}", known.join(", ")),
    };
    let message = format!("no connector is named `{name}`; {near}");
    Err(ActionError::new(ErrorCode::ConnectorNotFound, message).into())
}

/// Writes actions as a table.
pub(crate) fn table(entries: &[Entry]) -> String {
    if entries.is_empty() {
        return "(empty)\n".to_owned();
    }
    let mut grid = Grid::new(["ACTION", "EFFECT", "TITLE"]);
    for entry in entries {
        grid.push([
            entry.id(),
            entry.action.effect().to_string(),
            escape(&entry.action.title()),
        ]);
    }
    grid.render(output::width())
}

/// Describes an action in short.
pub(crate) fn summary(entry: Entry) -> Value {
    let action = entry.action;
    let mut summary = json!({
        "id": entry.id(),
        "connector": entry.connector.name(),
        "name": action.name(),
        "title": action.title(),
        "description": action.description(),
        "effect": action.effect(),
        "idempotent": action.idempotent(),
        "returns": action.returns(),
    });
    if let Some(note) = action.deprecated() {
        summary["deprecated"] = note.into();
    }
    summary
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::Exit;
    use crate::fixture::{ITEMS_DELETE, ITEMS_LIST, SHOP};

    #[test]
    fn an_action_is_a_row() {
        let entries = [ITEMS_LIST, ITEMS_DELETE].map(|action| Entry {
            connector: &SHOP,
            action,
        });
        assert_eq!(
            anstream::adapter::strip_str(&table(&entries)).to_string(),
            "ACTION                  EFFECT       TITLE\n\
             test-shop.items.list    read         List items\n\
             test-shop.items.delete  destructive  Delete items\n"
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
                .ends_with("there are test-shop")
        );
    }
}
