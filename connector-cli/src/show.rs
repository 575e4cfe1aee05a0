//! `show`: all about one action or connector.

mod action;
mod connector;

use plugwright_sdk::{Cassette, ConnectorDefinition, Entry, Registry};

use crate::args::{ShowArguments, ShowFormat};
use crate::failure::{Failure, Stop};
use crate::{command_line, markdown, output, run};

/// Shows what an action does, takes and returns, or what a connector is and has.
pub(crate) fn show(registry: &Registry, arguments: &ShowArguments) -> Result<(), Stop> {
    // A connector's name is never a spelling of an action, which has two parts or more.
    let shown = match registry.connector(&arguments.name) {
        Some(connector) => of_connector(registry, connector, arguments.output)?,
        None => of_action(run::find(registry, &arguments.name)?, arguments.output)?,
    };
    Ok(output::print(&shown)?)
}

fn of_action(entry: Entry, form: ShowFormat) -> Result<String, Failure> {
    let cassettes = Cassette::shipped(entry.connector.cassettes())
        .map_err(|error| Failure::internal(error.to_string()))?;
    let example = command_line::example_of(entry, &cassettes);
    Ok(match form {
        ShowFormat::Text => action::text(entry, &example),
        ShowFormat::Json => output::json::pretty(&action::object(entry, &example)),
        ShowFormat::Markdown => markdown::action_with(entry, &example),
    })
}

fn of_connector(
    registry: &Registry,
    connector: &'static ConnectorDefinition,
    form: ShowFormat,
) -> Result<String, Failure> {
    let entries: Vec<_> = registry
        .actions()
        .iter()
        .copied()
        .filter(|entry| std::ptr::eq(entry.connector, connector))
        .collect();
    Ok(match form {
        ShowFormat::Text => connector::text(connector, &entries),
        ShowFormat::Json => output::json::pretty(&connector::object(connector, &entries)),
        ShowFormat::Markdown => {
            markdown::connector(connector).map_err(|error| Failure::internal(error.to_string()))?
        }
    })
}
