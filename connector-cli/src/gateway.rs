//! `serve`, `mcp`, and the operator's commands.

mod client;
mod connection;
#[cfg(feature = "postgres")]
mod migrate;
mod oauth;
mod organization;
pub(crate) mod present;
mod project;
mod prompt;
mod runs;
#[cfg(feature = "serve")]
mod serve;
mod token;
mod vault;

use plugwright_sdk::host::Registry;
#[cfg(feature = "serve")]
pub(crate) use serve::{config, mcp, serve};

use self::client::Api;
use crate::args::{Command, GatewayArguments};
use crate::failure::{Failure, Stop};
#[cfg(feature = "postgres")]
pub(crate) use migrate::migrate;

/// Runs a command of the operator.
pub(crate) fn execute(
    registry: &Registry,
    gateway: &GatewayArguments,
    command: &Command,
) -> Result<(), Stop> {
    let api = Api {
        gateway,
        options: command.options(),
    };
    match command {
        Command::Connection(arguments) => connection::execute(registry, api, &arguments.command),
        Command::Token(arguments) => token::execute(api, &arguments.command),
        Command::Organization(arguments) => organization::execute(api, &arguments.command),
        Command::Project(arguments) => project::execute(api, &arguments.command),
        Command::OAuth(arguments) => oauth::execute(api, &arguments.command),
        Command::Runs(arguments) => runs::runs(api, arguments),
        Command::Vault(arguments) => vault::execute(api, &arguments.command),
        _ => Err(Failure::internal("not a command of the operator").into()),
    }
}
