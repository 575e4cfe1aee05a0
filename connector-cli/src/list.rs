//! `list`: available actions.

use plugwright_sdk::host::Registry;
use serde_json::{Value, json};

use crate::args::{ListArguments, ListFormat};
use crate::backend::Backend;
use crate::failure::Stop;
use crate::info::ActionInfo;
use crate::output::grid::Grid;
use crate::output::{self, escape};

/// Of more actions than these, the definitions are not read for their titles.
const MOST_TITLES: usize = 5_000;

pub(crate) fn list(backend: &Backend, arguments: &ListArguments) -> Result<(), Stop> {
    let connector = arguments.connector.as_deref();
    match (arguments.output, backend) {
        (ListFormat::Table, Backend::Local(registry))
            if connector.is_none() && registry.action_count() > MOST_TITLES =>
        {
            output::print(&outlines(registry))?;
            output::note("`list` with a connector shows titles too");
        }
        (ListFormat::Table, _) => {
            let mut cards = Vec::new();
            backend.each_action(connector, |info| {
                cards.push(info);
                Ok(())
            })?;
            output::print(&table(&cards))?;
        }
        (ListFormat::Json, _) => {
            let mut start = "[";
            backend.each_action(connector, |info| {
                let object = output::json::pretty(&summary(&info));
                let object = object.trim_end().replace('\n', "\n  ");
                output::print(&format!("{start}\n  {object}"))?;
                start = ",";
                Ok(())
            })?;
            output::print(if start == "[" { "[]\n" } else { "\n]\n" })?;
        }
    }
    Ok(())
}

/// Writes what is known of actions without loading them.
fn outlines(registry: &Registry) -> String {
    let mut grid = Grid::new(["ACTION", "EFFECT"]);
    let own = registry.own_actions().iter();
    let own = own.map(|entry| (entry.id(), entry.action.effect()));
    let library = registry.connectors().skip(registry.own_connectors().len());
    let library = library.flat_map(|connector| {
        let id = move |(name, effect)| (format!("{}.{name}", connector.name()), effect);
        connector.outline().map(id)
    });
    for (id, effect) in own.chain(library) {
        grid.push([escape(&id), effect.to_string()]);
    }
    grid.render(output::width())
}

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
    fn outlines_are_rows_without_titles() {
        let registry = Registry::new([&SHOP]).unwrap();
        let text = anstream::adapter::strip_str(&outlines(&registry)).to_string();
        assert!(
            text.contains("test-shop.items.delete  destructive\n"),
            "{text}"
        );
        assert_eq!(text.lines().count(), 1 + registry.action_count());
    }
}
