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

use crate::args::{
    Command, ConnectionCommand, DetailFormat, ListFormat, OAuthCommand, OrganizationCommand,
    ProjectCommand, ProjectConfigCommand, ProjectKeyCommand, TokenCommand, VaultCommand,
};
use crate::failure::{Failure, Stop};

/// Runs a command of the operator.
pub(crate) fn execute(registry: &Registry, command: &Command) -> Result<(), Stop> {
    match command {
        #[cfg(feature = "postgres")]
        Command::Migrate(arguments) => migrate::migrate(registry, arguments),
        Command::Connection(arguments) => connection::execute(registry, &arguments.command),
        Command::Token(arguments) => token::execute(&arguments.command),
        Command::Organization(arguments) => organization::execute(&arguments.command),
        Command::Project(arguments) => project::execute(&arguments.command),
        Command::OAuth(arguments) => oauth::execute(&arguments.command),
        Command::Runs(arguments) => runs::runs(arguments),
        Command::Vault(arguments) => vault::execute(&arguments.command),
        _ => Err(Failure::internal("not a gateway command").into()),
    }
}

/// Returns whether a command of the operator prints JSON.
pub(crate) fn wants_json(command: &Command) -> bool {
    let account = |format: DetailFormat| format == DetailFormat::Json;
    let list = |format: ListFormat| format == ListFormat::Json;
    match command {
        #[cfg(feature = "serve")]
        Command::Config(arguments) => account(arguments.output),
        #[cfg(feature = "postgres")]
        Command::Migrate(arguments) => account(arguments.output),
        Command::Runs(arguments) => arguments.output.is_json(),
        Command::Connection(arguments) => match &arguments.command {
            ConnectionCommand::Add(arguments) => account(arguments.output),
            ConnectionCommand::List(arguments) => list(arguments.output),
            ConnectionCommand::Show(one)
            | ConnectionCommand::Test(one)
            | ConnectionCommand::Default(one)
            | ConnectionCommand::Remove(one) => account(one.output),
            ConnectionCommand::Rename(arguments) => account(arguments.one.output),
            ConnectionCommand::Replace(arguments) => account(arguments.one.output),
        },
        Command::Token(arguments) => match &arguments.command {
            TokenCommand::Add(arguments) => account(arguments.output),
            TokenCommand::List(arguments) => list(arguments.output),
            TokenCommand::Update(arguments) => account(arguments.output),
            TokenCommand::Revoke(_) => false,
        },
        Command::Organization(arguments) => match &arguments.command {
            OrganizationCommand::Add(arguments) => account(arguments.output),
            OrganizationCommand::List(arguments) => list(arguments.output),
            OrganizationCommand::Remove(_) => false,
        },
        Command::Project(arguments) => match &arguments.command {
            ProjectCommand::Add(arguments) => account(arguments.output),
            ProjectCommand::List(arguments) => list(arguments.output),
            ProjectCommand::Show(one) => account(one.output),
            ProjectCommand::Update(arguments) => account(arguments.one.output),
            ProjectCommand::Remove(_) => false,
            ProjectCommand::Key(arguments) => match &arguments.command {
                ProjectKeyCommand::Add(arguments) => account(arguments.output),
                ProjectKeyCommand::List(arguments) => list(arguments.output),
                ProjectKeyCommand::Revoke(_) => false,
            },
            ProjectCommand::Config(arguments) => match &arguments.command {
                ProjectConfigCommand::Add(arguments) => account(arguments.output),
                ProjectConfigCommand::List(arguments) => list(arguments.output),
                ProjectConfigCommand::Update(arguments) => account(arguments.output),
                ProjectConfigCommand::Remove(_) => false,
            },
        },
        Command::OAuth(arguments) => match &arguments.command {
            OAuthCommand::Set(arguments) => account(arguments.output),
            OAuthCommand::List(arguments) => list(arguments.output),
            OAuthCommand::Remove(_) => false,
        },
        Command::Vault(arguments) => match &arguments.command {
            VaultCommand::Rotate(arguments) => account(arguments.output),
        },
        _ => false,
    }
}
