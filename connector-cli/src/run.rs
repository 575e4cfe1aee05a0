//! `run`: an action, live, replayed, mocked or as a dry run.

mod call;
mod delivery;
mod dry_run;
pub(crate) mod executor;
mod files;
mod live;
mod mock;
pub(crate) mod pages;
mod prepared;
mod remote;
mod replay;

use plugwright_sdk::host::{Connector, Entry, Registry};
use plugwright_sdk::{ActionError, Cassette, Credential};
use tokio_util::sync::CancellationToken;

use crate::args::{Mode, RunArguments};
use crate::backend::Backend;
use crate::failure::{Failure, Stop};
use crate::program;
use call::Call;
pub(crate) use call::judge;
pub(crate) use live::advise;
pub(crate) use prepared::Prepared;

/// Runs an action and prints its result.
pub(crate) fn run(backend: Backend, arguments: &RunArguments) -> Result<(), Stop> {
    match backend {
        Backend::Local(registry) => here(registry, arguments),
        Backend::Remote(remote) => remote::run(&remote, arguments),
    }
}

fn here(registry: Registry, arguments: &RunArguments) -> Result<(), Stop> {
    let of_gateways = [
        ("connection", &arguments.connection),
        ("organization", &arguments.organization),
    ];
    for (name, given) in of_gateways {
        if given.is_some() {
            let message = "needs a gateway, but the action runs in this process";
            return Err(Failure::usage(ActionError::invalid_param(name, message)).into());
        }
    }
    let prepared = Prepared::new(&registry, &arguments.call)?;
    if matches!(arguments.mode.choice(), Mode::Live | Mode::DryRun) {
        prepared.require_settings()?;
    }
    let entry = &prepared.entry;
    let base = prepared.call(Credential::None, CancellationToken::new());
    let call = Call::new(base, entry.into(), arguments)?;
    match arguments.mode.choice() {
        Mode::Live => live::run(registry, entry, &call),
        Mode::Replay => replay::run(registry, entry, &prepared.input, &call),
        Mode::Mock => mock::run(registry, &call),
        Mode::DryRun => dry_run::run(registry, &call),
    }
}

/// Finds an action by any spelling of its id, or suggests the nearest ones.
pub(crate) fn find(registry: &Registry, name: &str) -> Result<Entry, Failure> {
    registry.find(name).map_err(|unknown| {
        let offered = !unknown.nearest.is_empty();
        let failure = Failure::from(ActionError::from(unknown));
        // The registry compares whole ids, so a name without its connector is never near.
        let mut entries = registry.own_actions().iter();
        let namesake = entries.find(|entry| entry.action.name() == name);
        match namesake {
            Some(entry) => failure.advise(format!("did you mean `{}`?", entry.id())),
            None if offered => failure,
            None => failure.advise(format!("`{} list` lists all actions", program::name())),
        }
    })
}

pub(crate) fn usage(error: ActionError, id: &str, shows: &str) -> Failure {
    Failure::usage(error).advise(format!("`{} show {id}` {shows}", program::name()))
}

/// Returns the placeholder credential for calls that send nothing.
pub(crate) fn placeholder(entry: &Entry) -> Credential {
    entry
        .schemes()
        .next()
        .map_or(Credential::None, plugwright_sdk::Auth::placeholder)
}

fn cassettes(connector: &Connector) -> Result<Vec<Cassette>, Failure> {
    Cassette::shipped(connector.cassettes()).map_err(|error| Failure::internal(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser as _;

    use crate::args::{Arguments, Command};
    use crate::failure::Exit;
    use crate::fixture::{REGIONAL, SHOP};

    fn ran(words: &str) -> Result<(), Stop> {
        let words = words.split_whitespace();
        let arguments = Arguments::try_parse_from(["plugwright", "run"].into_iter().chain(words));
        let Command::Run(arguments) = arguments.unwrap().command else {
            panic!("it is a run");
        };
        run(
            Backend::Local(Registry::new([&REGIONAL]).unwrap()),
            &arguments,
        )
    }

    #[test]
    fn recordings_bring_the_settings_of_a_templated_base_url() {
        for words in [
            "regional.items.list shop=seven --replay",
            "regional.items.list shop=eight --replay",
            "regional.items.list shop=seven --set site=eu --replay",
            "regional.items.list shop=nine --mock",
        ] {
            assert!(ran(words).is_ok(), "{words}: {:?}", ran(words));
        }
        for words in [
            "regional.items.list shop=seven --dry-run",
            "regional.items.list shop=seven --live",
        ] {
            let refused = ran(words).unwrap_err().to_string();
            assert!(
                refused.contains("pass --set site=VALUE"),
                "{words}: {refused}"
            );
        }
        assert!(ran("regional.items.list shop=seven --set site=us --replay").is_err());
    }

    #[test]
    fn an_unknown_action_is_not_found_and_says_where_to_look() {
        let registry = Registry::new([&SHOP]).unwrap();
        for (name, help) in [
            ("test-shop.items.lst", "did you mean `test-shop.items.list`"),
            ("items.list", "test-shop.items.list"),
            ("zzz", " list` lists all actions"),
        ] {
            let failure = find(&registry, name).unwrap_err();
            assert_eq!(failure.exit, Exit::NotFound);
            assert!(failure.to_text().contains(help), "{}", failure.to_text());
        }
    }
}
