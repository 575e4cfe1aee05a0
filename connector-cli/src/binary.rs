//! The binary that runs: its name, its command, its environment, and what it was built without.

use std::path::Path;
use std::process::Command;

use clap::CommandFactory as _;
#[cfg(not(all(feature = "postgres", feature = "serve")))]
use plugwright_sdk::{ActionError, ErrorCode};

use crate::args::Arguments;
#[cfg(not(all(feature = "postgres", feature = "serve")))]
use crate::failure::Failure;

/// Commands without a gateway.
const LOCAL: &[&str] = &[
    "catalog",
    "check",
    "completions",
    "config",
    "dev",
    "import",
    "lock",
    "mcp",
    "migrate",
    "new",
    "record",
    "serve",
];

/// Returns the command, with the binary's own name in the examples.
pub(crate) fn command() -> clap::Command {
    let name = name();
    let command = of_gateways(Arguments::command());
    if name == command.get_name() {
        return command;
    }
    let own = format!("{} ", command.get_name());
    call(command, &own, &format!("{name} "))
}

/// Leaves the options that choose a gateway out of the help of commands without one.
fn of_gateways(command: clap::Command) -> clap::Command {
    let options = command.get_arguments().filter(|it| it.is_global_set());
    let hidden: Vec<_> = options.map(|option| option.clone().hide(true)).collect();
    command.mut_subcommands(|subcommand| match subcommand.get_name() {
        name if LOCAL.contains(&name) => subcommand.args(&hidden),
        "profile" => subcommand.mut_subcommands(|inner| match inner.get_name() {
            "add" => inner,
            _ => inner.args(&hidden),
        }),
        _ => subcommand,
    })
}

/// Replaces the binary's name in the examples of all subcommands.
fn call(command: clap::Command, own: &str, name: &str) -> clap::Command {
    command.mut_subcommands(|subcommand| {
        let subcommand = call(subcommand, own, name);
        match subcommand.get_after_help().map(ToString::to_string) {
            Some(help) => subcommand.after_help(help.replace(own, name)),
            None => subcommand,
        }
    })
}

/// Returns the name that the binary was called by.
pub(crate) fn name() -> String {
    std::env::args_os()
        .next()
        .and_then(|path| {
            Path::new(&path)
                .file_stem()
                .map(|stem| stem.to_string_lossy().into_owned())
        })
        .unwrap_or_else(|| "plugwright".to_owned())
}

/// Keeps the gateway's tokens and keys out of the environment of another program.
pub(crate) fn hide_environment(program: &mut Command) {
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("PLUGWRIGHT_") {
            program.env_remove(name);
        }
    }
}

/// Says how to get a command that this binary was built without.
#[cfg(not(all(feature = "postgres", feature = "serve")))]
pub(crate) fn left_out(command: &str, feature: &str) -> Failure {
    let message = format!("`{command}` is not in this binary");
    Failure::usage(ActionError::new(ErrorCode::ValidationError, message)).advise(format!(
        "build it with the feature `{feature}` of the crate `plugwright`, or use the stock binary \
         (`cargo install plugwright`)"
    ))
}
