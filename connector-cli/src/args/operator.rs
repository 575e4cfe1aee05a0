//! Arguments of the operator's commands, which talk to a running gateway.

mod connection;
mod oauth;
mod project;
mod runs;
mod token;

use clap::{Args, Subcommand};
pub(crate) use connection::{
    ConnectionAddArguments, ConnectionArguments, ConnectionCommand, ConnectionListArguments,
    ConnectionOneArguments, ConnectionReplaceArguments,
};
pub(crate) use oauth::{ClientOfArguments, OAuthArguments, OAuthCommand, OAuthSetArguments};
pub(crate) use project::{
    ProjectArguments, ProjectCommand, ProjectConfigAddArguments, ProjectConfigCommand,
    ProjectConfigUpdateArguments, ProjectKeyAddArguments, ProjectKeyCommand, ProjectOneArguments,
    ProjectUpdateArguments,
};
pub(crate) use runs::RunsArguments;
pub(crate) use token::{
    GrantArguments, TokenAddArguments, TokenArguments, TokenCommand, TokenUpdateArguments,
};

use super::{DetailFormat, ListFormat};

/// Manage the organizations that connections belong to
#[derive(Debug, Args)]
pub(crate) struct OrganizationArguments {
    #[command(subcommand)]
    pub(crate) command: OrganizationCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum OrganizationCommand {
    /// Add an organization
    #[command(after_help = "\
Examples:
  plugwright organization add acme")]
    Add {
        /// Organization name: letters, digits, `_` and `-`
        name: String,
        /// Output format
        #[arg(short, long, visible_alias = "format", value_enum, default_value_t)]
        output: DetailFormat,
    },
    /// List organizations
    #[command(after_help = "\
Examples:
  plugwright organization list --output json")]
    List {
        /// Output format
        #[arg(short, long, visible_alias = "format", value_enum, default_value_t)]
        output: ListFormat,
    },
    /// Remove an organization that has no connections
    #[command(after_help = "\
Examples:
  plugwright organization remove acme")]
    Remove {
        /// Organization
        name: String,
    },
}

/// Manage the vault that seals credentials
#[derive(Debug, Args)]
pub(crate) struct VaultArguments {
    #[command(subcommand)]
    pub(crate) command: VaultCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum VaultCommand {
    /// Create a new key and reseal everything with it, without downtime
    #[command(after_help = "\
Examples:
  plugwright vault rotate")]
    Rotate {
        /// Output format
        #[arg(short, long, visible_alias = "format", value_enum, default_value_t)]
        output: DetailFormat,
    },
}
