//! `connection`: the stored credentials of the operator.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::args::{AccountFormat, GatewayArguments, ListFormat, Setting};

/// Manages connections: credentials that the gateway keeps sealed.
#[derive(Debug, Args)]
pub(crate) struct ConnectionArguments {
    #[command(subcommand)]
    pub(crate) command: ConnectionCommand,
}

const NAMES: &str = "\
A connection is named by its id, or by its name if no other has it; `github/work` says of which
connector it is.";

#[derive(Debug, Subcommand)]
pub(crate) enum ConnectionCommand {
    /// Adds a connection, and tests it where the connector can.
    #[command(after_help = "\
The credential comes from --credential-file, or from PLUGWRIGHT_<CONNECTOR>_TOKEN, or is asked for
at a terminal; never from an argument.

Examples:
  plugwright connection add github --name work
  plugwright connection add github --credential-file token.txt --default
  pass show github | plugwright connection add github --credential-file -")]
    Add(Box<ConnectionAddArguments>),
    /// Lists the connections.
    #[command(after_help = "\
Examples:
  plugwright connection list
  plugwright connection list --connector github --output json
  plugwright connection list --project acme --user u-17")]
    List(ConnectionListArguments),
    /// Shows a connection, without its credential.
    #[command(after_help = NAMES)]
    Show(ConnectionOneArguments),
    /// Asks the provider whose a connection is.
    #[command(after_help = NAMES)]
    Test(ConnectionOneArguments),
    /// Gives a connection another name.
    #[command(after_help = "\
Examples:
  plugwright connection rename github/work office")]
    Rename(ConnectionRenameArguments),
    /// Makes a connection the one that is used when a call names none.
    #[command(after_help = NAMES)]
    Default(ConnectionOneArguments),
    /// Gives a connection another credential, and tests it where the connector can.
    #[command(after_help = "\
The credential comes from --credential-file, or from PLUGWRIGHT_<CONNECTOR>_TOKEN, or is asked for
at a terminal; never from an argument.

Examples:
  plugwright connection replace github/work --credential-file token.txt")]
    Replace(ConnectionReplaceArguments),
    /// Removes a connection and its credential.
    #[command(after_help = NAMES)]
    Remove(ConnectionOneArguments),
}

/// Where a credential comes from.
#[derive(Debug, Args)]
pub(crate) struct GivenCredential {
    /// Reads the credential from this file, or from standard input (`-`): a token, or JSON such as
    /// {"token": ".."}, {"username": "..", "password": ".."} or {"fields": {..}}.
    #[arg(long, value_name = "FILE|-")]
    pub(crate) credential_file: Option<PathBuf>,
    /// Stores it without asking the provider.
    #[arg(long)]
    pub(crate) no_test: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ConnectionAddArguments {
    /// Names the connector.
    pub(crate) connector: String,
    /// Names the connection.
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Names the organization that it belongs to.
    #[arg(long, value_name = "NAME")]
    pub(crate) organization: Option<String>,
    /// Makes it the one that is used when a call names none.
    #[arg(long)]
    pub(crate) default: bool,
    /// Sets a setting of the connection, such as the site of a self-hosted service.
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub(crate) settings: Vec<Setting>,
    #[command(flatten)]
    pub(crate) credential: GivenCredential,
    /// Sets the form of the output.
    #[arg(short, long, visible_alias = "format", value_enum, default_value_t)]
    pub(crate) output: AccountFormat,
    #[command(flatten)]
    pub(crate) gateway: GatewayArguments,
}

#[derive(Debug, Args)]
pub(crate) struct ConnectionListArguments {
    /// Lists only the connections to this connector.
    #[arg(long, value_name = "NAME")]
    pub(crate) connector: Option<String>,
    /// Lists only the connections of this organization.
    #[arg(long, value_name = "NAME", conflicts_with = "project")]
    pub(crate) organization: Option<String>,
    /// Lists only the connections of this project's end users.
    #[arg(long, value_name = "ID|NAME")]
    pub(crate) project: Option<String>,
    /// Lists only the connections of this end user of the project, by the project's own id.
    #[arg(long, value_name = "ID", requires = "project")]
    pub(crate) user: Option<String>,
    /// Sets the form of the output.
    #[arg(short, long, visible_alias = "format", value_enum, default_value_t)]
    pub(crate) output: ListFormat,
    #[command(flatten)]
    pub(crate) gateway: GatewayArguments,
}

#[derive(Debug, Args)]
pub(crate) struct ConnectionOneArguments {
    /// Names the connection.
    #[arg(value_name = "ID|NAME")]
    pub(crate) connection: String,
    /// Looks only in this organization.
    #[arg(long, value_name = "NAME")]
    pub(crate) organization: Option<String>,
    /// Sets the form of the output.
    #[arg(short, long, visible_alias = "format", value_enum, default_value_t)]
    pub(crate) output: AccountFormat,
    #[command(flatten)]
    pub(crate) gateway: GatewayArguments,
}

#[derive(Debug, Args)]
pub(crate) struct ConnectionRenameArguments {
    #[command(flatten)]
    pub(crate) one: ConnectionOneArguments,
    /// Gives the name.
    #[arg(index = 2, value_name = "NEW NAME")]
    pub(crate) name: String,
}

#[derive(Debug, Args)]
pub(crate) struct ConnectionReplaceArguments {
    #[command(flatten)]
    pub(crate) one: ConnectionOneArguments,
    #[command(flatten)]
    pub(crate) credential: GivenCredential,
}
