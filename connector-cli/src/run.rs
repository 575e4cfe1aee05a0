//! `run`: an action, live, replayed, mocked or only planned.

mod call;
mod delivery;
mod dry_run;
mod files;
mod live;
mod mock;
pub(crate) mod pages;
mod prepared;
mod replay;

use plugwright_sdk::{
    Action as _, ActionError, Cassette, ConnectorDefinition, Credential, Entry, Registry,
};

use crate::args::{Mode, RunArguments};
use crate::failure::{Failure, Stop};
use crate::program;
use call::Call;
pub(crate) use call::judge;
pub(crate) use live::advise;
use plugwright_sdk::fields::Fields;
pub(crate) use prepared::Prepared;

/// Runs an action and prints what comes of it.
pub(crate) fn run(registry: Registry, arguments: &RunArguments) -> Result<(), Stop> {
    let prepared = Prepared::new(&registry, &arguments.call)?;
    let entry = prepared.entry;
    let output = entry.action.output_schema();
    let fields = (!arguments.fields.is_empty())
        .then(|| Fields::parse(&arguments.fields, &output))
        .transpose()
        .map_err(|error| usage(error, entry, "lists the fields"))?;
    if arguments.save.is_some() && !files::returns_file(&output) {
        let error = ActionError::invalid_param("--save", "is for actions that return a file");
        return Err(usage(error, entry, "tells what it returns").into());
    }
    let call = Call {
        prepared,
        arguments,
        output,
        fields,
    };
    match arguments.mode.choice() {
        Mode::Live => live::run(registry, &call),
        Mode::Replay => replay::run(registry, &call),
        Mode::Mock => mock::run(registry, &call),
        Mode::DryRun => dry_run::run(registry, &call),
    }
}

/// Finds an action by any spelling of its id, or offers the nearest.
pub(crate) fn find(registry: &Registry, name: &str) -> Result<Entry, Failure> {
    registry.find(name).map_err(|unknown| {
        let offered = !unknown.nearest.is_empty();
        let failure = Failure::from(ActionError::from(unknown));
        // The registry compares whole ids, which a name without its connector is far from.
        let namesake = registry
            .actions()
            .iter()
            .find(|entry| entry.action.name() == name);
        match namesake {
            Some(entry) => {
                failure.advise(format!("its id has the connector in front: {}", entry.id()))
            }
            None if offered => failure,
            None => failure.advise(format!("`{} list` shows all actions", program::name())),
        }
    })
}

pub(crate) fn usage(error: ActionError, entry: Entry, shows: &str) -> Failure {
    Failure::usage(error).advise(format!("`{} show {}` {shows}", program::name(), entry.id()))
}

/// Returns what stands in place of a credential when nothing is sent.
pub(crate) fn placeholder(connector: &ConnectorDefinition) -> Credential {
    connector
        .auth()
        .first()
        .map_or(Credential::None, plugwright_sdk::Auth::placeholder)
}

fn cassettes(connector: &ConnectorDefinition) -> Result<Vec<Cassette>, Failure> {
    Cassette::shipped(connector.cassettes()).map_err(|error| Failure::internal(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::Exit;
    use crate::fixture::SHOP;

    #[test]
    fn an_unknown_action_is_not_found_and_says_where_to_look() {
        let registry = Registry::new([&SHOP]).unwrap();
        for (name, help) in [
            ("test-shop.items.lst", "near to it: test-shop.items.list"),
            ("items.list", "test-shop.items.list"),
            ("zzz", " list` shows all actions"),
        ] {
            let failure = find(&registry, name).unwrap_err();
            assert_eq!(failure.exit, Exit::NotFound);
            assert!(failure.to_text().contains(help), "{}", failure.to_text());
        }
    }
}
