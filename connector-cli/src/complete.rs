//! `completions`: scripts for shells.

use std::io::Write as _;

use clap::builder::{PossibleValue, PossibleValuesParser};
use plugwright_sdk::{Action as _, Registry};

use crate::args::CompletionsArguments;
use crate::failure::Stop;
use crate::program;

/// Prints the completion script of a shell; it knows the registry's actions and connectors.
pub(crate) fn complete(registry: &Registry, arguments: &CompletionsArguments) -> Result<(), Stop> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut command(registry), program::name(), &mut script);
    let mut out = std::io::stdout().lock();
    out.write_all(&script)?;
    out.flush()?;
    Ok(())
}

/// Returns the command line's definition with the names that can be completed; parsing itself
/// takes any name, so that a wrong one gets an error of the registry.
fn command(registry: &Registry) -> clap::Command {
    let actions: Vec<_> = registry
        .actions()
        .iter()
        .map(|entry| PossibleValue::new(entry.id()).help(entry.action.title().into_owned()))
        .collect();
    let connectors: Vec<_> = registry
        .connectors()
        .iter()
        .map(|connector| PossibleValue::new(connector.name()).help(connector.display_name()))
        .collect();
    program::command().mut_subcommands(|subcommand| {
        let known = match subcommand.get_name() {
            "run" | "show" => ("action", &actions),
            "list" | "check" => ("connector", &connectors),
            _ => return subcommand,
        };
        subcommand.mut_arg(known.0, |argument| argument.value_parser(PossibleValuesParser::new(known.1.clone())))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::SHOP;

    #[test]
    fn scripts_know_the_actions() {
        let registry = Registry::new([&SHOP]).unwrap();
        for shell in [clap_complete::Shell::Bash, clap_complete::Shell::Zsh, clap_complete::Shell::Fish] {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut command(&registry), "plugwright", &mut script);
            let script = String::from_utf8(script).unwrap();
            assert!(script.contains("test-shop.items.list"), "{shell}");
        }
    }
}
