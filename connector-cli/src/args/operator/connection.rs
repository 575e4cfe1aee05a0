//! Arguments of `connection`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::args::{DetailFormat, ListFormat, Setting};
use crate::failure::Options;

/// Manage connections: credentials that the gateway keeps sealed
#[derive(Debug, Args)]
pub(crate) struct ConnectionArguments {
    #[command(subcommand)]
    pub(crate) command: ConnectionCommand,
}

impl ConnectionArguments {
    pub(crate) const OPTIONS: Options = &[
        ("connector", "CONNECTOR"),
        ("name", "--name"),
        ("organization", "--organization"),
        ("project", "--project"),
        ("externalUserId", "--user"),
        ("settings", "--set"),
    ];
}

const NAMES: &str = "\
Name the connection by its id, or by its name if that is unique. `github/work` also names the
connector.";

#[derive(Debug, Subcommand)]
pub(crate) enum ConnectionCommand {
    /// Add a connection, and test it if the connector supports that
    #[command(after_help = "\
The credential comes from --credential-file, from PLUGWRIGHT_<CONNECTOR>_TOKEN or from a prompt,
never from an argument.

Examples:
  plugwright connection add github --name work
  plugwright connection add github --credential-file token.txt --default
  pass show github | plugwright connection add github --credential-file -")]
    Add(Box<ConnectionAddArguments>),
    /// List connections
    #[command(after_help = "\
Examples:
  plugwright connection list
  plugwright connection list --connector github --output json
  plugwright connection list --project acme --user u-17")]
    List(ConnectionListArguments),
    /// Show a connection, without its credential
    #[command(after_help = NAMES)]
    Show(ConnectionOneArguments),
    /// Test a connection by asking the provider which account it belongs to
    #[command(after_help = NAMES)]
    Test(ConnectionOneArguments),
    /// Rename a connection
    #[command(after_help = "\
Examples:
  plugwright connection rename github/work office")]
    Rename(ConnectionRenameArguments),
    /// Make a connection the default of its connector
    #[command(after_help = NAMES)]
    Default(ConnectionOneArguments),
    /// Replace the credential of a connection, and test it if the connector supports that
    #[command(after_help = "\
The credential comes from --credential-file, from PLUGWRIGHT_<CONNECTOR>_TOKEN or from a prompt,
never from an argument.

Examples:
  plugwright connection replace github/work --credential-file token.txt")]
    Replace(ConnectionReplaceArguments),
    /// Remove a connection and its credential
    #[command(after_help = NAMES)]
    Remove(ConnectionOneArguments),
}

/// Where to read a credential from.
#[derive(Debug, Args)]
pub(crate) struct CredentialArguments {
    /// File with the credential, or `-` for standard input: a token, or JSON such as
    /// {"token": ".."}, {"username": "..", "password": ".."} or {"fields": {..}}
    #[arg(long, value_name = "FILE|-")]
    pub(crate) credential_file: Option<PathBuf>,
    /// Store the credential without testing it
    #[arg(long)]
    pub(crate) no_test: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ConnectionAddArguments {
    /// Connector
    pub(crate) connector: String,
    /// Connection name
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Organization that the connection belongs to
    #[arg(long, value_name = "NAME")]
    pub(crate) organization: Option<String>,
    /// Make it the default connection of its connector
    #[arg(long)]
    pub(crate) default: bool,
    /// Connection setting, such as the site of a self-hosted service
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub(crate) settings: Vec<Setting>,
    #[command(flatten)]
    pub(crate) credential: CredentialArguments,
    /// Output format
    #[arg(short, long, visible_alias = "format", value_enum, default_value_t)]
    pub(crate) output: DetailFormat,
}

#[derive(Debug, Args)]
pub(crate) struct ConnectionListArguments {
    /// Only list connections of this connector
    #[arg(long, value_name = "NAME")]
    pub(crate) connector: Option<String>,
    /// Only list connections of this organization
    #[arg(long, value_name = "NAME", conflicts_with = "project")]
    pub(crate) organization: Option<String>,
    /// Only list connections of this project's end users
    #[arg(long, value_name = "ID|NAME")]
    pub(crate) project: Option<String>,
    /// Only list connections of this end user, by the project's own id
    #[arg(long, value_name = "ID", requires = "project")]
    pub(crate) user: Option<String>,
    /// Output format
    #[arg(short, long, visible_alias = "format", value_enum, default_value_t)]
    pub(crate) output: ListFormat,
}

#[derive(Debug, Args)]
pub(crate) struct ConnectionOneArguments {
    /// Connection
    #[arg(value_name = "ID|NAME")]
    pub(crate) connection: String,
    /// Organization to search in
    #[arg(long, value_name = "NAME")]
    pub(crate) organization: Option<String>,
    /// Output format
    #[arg(short, long, visible_alias = "format", value_enum, default_value_t)]
    pub(crate) output: DetailFormat,
}

#[derive(Debug, Args)]
pub(crate) struct ConnectionRenameArguments {
    #[command(flatten)]
    pub(crate) one: ConnectionOneArguments,
    /// New name
    #[arg(index = 2, value_name = "NEW NAME")]
    pub(crate) name: String,
}

#[derive(Debug, Args)]
pub(crate) struct ConnectionReplaceArguments {
    #[command(flatten)]
    pub(crate) one: ConnectionOneArguments,
    #[command(flatten)]
    pub(crate) credential: CredentialArguments,
}
