//! `list`: available actions.

use serde_json::{Value, json};

use crate::args::{ListArguments, ListFormat};
use crate::backend::Backend;
use crate::failure::Stop;
use crate::info::ActionInfo;
use crate::output::grid::Grid;
use crate::output::{self, escape};

pub(crate) fn list(backend: &Backend, arguments: &ListArguments) -> Result<(), Stop> {
    let cards = backend.actions(arguments.connector.as_deref())?;
    let text = match arguments.output {
        ListFormat::Table => table(&cards),
        ListFormat::Json => output::json::pretty(&cards.iter().map(summary).collect()),
    };
    Ok(output::print(&text)?)
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
}
