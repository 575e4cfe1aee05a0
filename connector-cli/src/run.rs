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

use plugwright_sdk::Credential;
use plugwright_sdk::host::Registry;
use tokio_util::sync::CancellationToken;

use crate::args::{Mode, RunArguments};
use crate::backend::Backend;
use crate::failure::{Failure, Stop};
use call::Call;
pub(crate) use call::judge;
pub(crate) use live::advise;
pub(crate) use prepared::Prepared;
pub(crate) use replay::placeholder;

pub(crate) fn run(backend: Backend, arguments: &RunArguments) -> Result<(), Stop> {
    match backend {
        Backend::Local(registry) => here(registry, arguments),
        Backend::Remote(remote) => remote::run(&remote, arguments),
    }
}

fn here(registry: Registry, arguments: &RunArguments) -> Result<(), Stop> {
    let of_gateways = [
        ("--connection", &arguments.connection),
        ("--organization", &arguments.organization),
    ];
    for (name, given) in of_gateways {
        if given.is_some() {
            let message = "needs a gateway, but the action runs in this process";
            return Err(Failure::param(name, message).into());
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

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser as _;

    use crate::args::{Arguments, Command};
    use crate::fixture::REGIONAL;

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
}
