//! `completions`: scripts for shells.

use std::io::Write as _;

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap_complete::Shell;
use plugwright_sdk::host::Registry;

use crate::args::CompletionsArguments;
use crate::binary;
use crate::failure::Stop;

/// Prints the completion script of a shell; it knows the registry's actions and connectors.
pub(crate) fn complete(registry: &Registry, arguments: &CompletionsArguments) -> Result<(), Stop> {
    let mut script = Vec::new();
    let name = binary::name();
    clap_complete::generate(arguments.shell, &mut command(registry), &name, &mut script);
    if arguments.shell == Shell::Fish {
        script.extend(names_for_fish(registry, &name).into_bytes());
    }
    let mut out = std::io::stdout().lock();
    out.write_all(&script)?;
    out.flush()?;
    Ok(())
}

/// Completes names in fish, whose generated script only covers options.
fn names_for_fish(registry: &Registry, name: &str) -> String {
    let actions: Vec<_> = registry.actions().map(|entry| entry.id()).collect();
    let connectors: Vec<_> = registry.names().collect();
    [
        ("run record show", actions.join(" ")),
        ("list check show types", connectors.join(" ")),
    ]
    .map(|(commands, names)| {
        format!(
            "complete -c {name} -n \"__fish_seen_subcommand_from {commands}\" -f -a \"{names}\"\n"
        )
    })
    .concat()
}

/// Returns the command with the names to complete. Parsing itself accepts any name, so that a wrong
/// one gets the registry's error.
fn command(registry: &Registry) -> clap::Command {
    let actions: Vec<_> = registry
        .actions()
        .map(|entry| PossibleValue::new(entry.id()).help(entry.action.title().into_owned()))
        .collect();
    let connectors: Vec<_> = registry
        .connectors()
        .map(|connector| {
            PossibleValue::new(connector.name().to_owned())
                .help(connector.display_name().to_owned())
        })
        .collect();
    let both: Vec<_> = connectors.iter().chain(&actions).cloned().collect();
    binary::command().mut_subcommands(|subcommand| {
        let known = match subcommand.get_name() {
            "run" | "record" => ("action", &actions),
            "show" => ("name", &both),
            "list" | "check" => ("connector", &connectors),
            "types" => ("connectors", &connectors),
            _ => return subcommand,
        };
        subcommand.mut_arg(known.0, |argument| {
            argument.value_parser(PossibleValuesParser::new(known.1.clone()))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::SHOP;

    #[test]
    fn scripts_know_the_actions() {
        let registry = Registry::new([&SHOP]).unwrap();
        for shell in [Shell::Bash, Shell::Zsh] {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut command(&registry), "plugwright", &mut script);
            let script = String::from_utf8(script).unwrap();
            assert!(script.contains("test-shop.items.list"), "{shell}");
        }
        assert_eq!(
            names_for_fish(&registry, "pw"),
            "complete -c pw -n \"__fish_seen_subcommand_from run record show\" -f -a \"test-shop.items.list test-shop.items.delete\"\n\
             complete -c pw -n \"__fish_seen_subcommand_from list check show types\" -f -a \"test-shop\"\n"
        );
    }
}
