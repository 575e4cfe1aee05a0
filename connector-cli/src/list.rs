//! `list`: which actions there are.

use plugwright_sdk::host::{Registry, nearest};
use plugwright_sdk::{ActionError, ConnectorDefinition, ErrorCode};
use serde_json::{Value, json};

use crate::args::{ListArguments, ListFormat};
use crate::card::Card;
use crate::failure::{Failure, Stop};
use crate::output::grid::Grid;
use crate::output::{self, escape};
use crate::place::Place;

/// Lists all actions, or those of one connector.
pub(crate) fn list(place: &Place, arguments: &ListArguments) -> Result<(), Stop> {
    let cards = place.actions(arguments.connector.as_deref())?;
    let text = match arguments.output {
        ListFormat::Table => table(&cards),
        ListFormat::Json => output::json::pretty(&cards.iter().map(summary).collect()),
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
    Err(unknown_connector(name, &known))
}

/// Makes the failure for a connector that is none of the known ones.
pub(crate) fn unknown_connector(name: &str, known: &[&str]) -> Failure {
    let near = nearest::did_you_mean(name, known.iter().copied()).unwrap_or_else(|| match known {
        [] => "; there are none".to_owned(),
        known => format!("; there are {}", known.join(", ")),
    });
    let message = format!("no connector is named `{name}`{near}");
    ActionError::new(ErrorCode::ConnectorNotFound, message).into()
}

/// Writes actions as a table.
pub(crate) fn table(cards: &[Card]) -> String {
    if cards.is_empty() {
        return "(empty)\n".to_owned();
    }
    let mut grid = Grid::new(["ACTION", "EFFECT", "TITLE"]);
    for card in cards {
        grid.push([
            escape(&card.id()),
            card.effect.to_string(),
            escape(&card.title),
        ]);
    }
    grid.render(output::width())
}

/// Describes an action in short.
pub(crate) fn summary(card: &Card) -> Value {
    let mut summary = json!({
        "id": card.id(),
        "connector": card.connector,
        "name": card.name,
        "title": card.title,
        "description": card.description,
        "effect": card.effect,
        "idempotent": card.idempotent,
        "returns": card.returns,
    });
    if let Some(note) = &card.deprecated {
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
            Card::from(Entry {
                connector: &SHOP,
                action,
            })
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
