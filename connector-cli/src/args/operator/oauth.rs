//! `oauth`: the gateway's registrations at providers.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::args::{AccountFormat, GatewayArguments, ListFormat};

/// Manages OAuth clients: the gateway's registrations at providers.
#[derive(Debug, Args)]
pub(crate) struct OAuthArguments {
    #[command(subcommand)]
    pub(crate) command: OAuthCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum OAuthCommand {
    /// Sets the OAuth client of a connector, in place of the one that is there.
    #[command(after_help = "\
The secret comes from --secret-file, or from PLUGWRIGHT_OAUTH_CLIENT_SECRET, or is asked for at a
terminal; never from an argument. It is never shown again.

Examples:
  plugwright oauth set github --client-id Iv1.0123456789abcdef
  plugwright oauth set github --client-id Iv1.0123456789abcdef --secret-file secret.txt
  plugwright oauth set github --project acme --client-id Iv1.fedcba9876543210")]
    Set(Box<OAuthSetArguments>),
    /// Lists the OAuth clients, without their secrets.
    #[command(after_help = "\
Examples:
  plugwright oauth list --output json")]
    List(OAuthListArguments),
    /// Removes a stored OAuth client; one of the gateway's configuration is used then, if there is
    /// one.
    #[command(after_help = "\
Examples:
  plugwright oauth remove github
  plugwright oauth remove github --project acme")]
    Remove(OAuthRemoveArguments),
}

/// Whose an OAuth client is.
#[derive(Debug, Args)]
pub(crate) struct ClientOfArguments {
    /// Names the connector; with --project, the provider config by id, connector or name.
    #[arg(value_name = "CONNECTOR|CONFIG")]
    pub(crate) connector: String,
    /// Means the own client of this project's provider config.
    #[arg(long, value_name = "ID|NAME")]
    pub(crate) project: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct OAuthSetArguments {
    #[command(flatten)]
    pub(crate) of: ClientOfArguments,
    /// Gives the client's id at the provider.
    #[arg(long, value_name = "ID")]
    pub(crate) client_id: String,
    /// Reads the client's secret from this file, or from standard input (`-`).
    #[arg(long, value_name = "FILE|-")]
    pub(crate) secret_file: Option<PathBuf>,
    /// Says that the client has no secret.
    #[arg(long, conflicts_with = "secret_file")]
    pub(crate) public: bool,
    /// Sets the form of the output.
    #[arg(short, long, visible_alias = "format", value_enum, default_value_t)]
    pub(crate) output: AccountFormat,
    #[command(flatten)]
    pub(crate) gateway: GatewayArguments,
}

#[derive(Debug, Args)]
pub(crate) struct OAuthListArguments {
    /// Sets the form of the output.
    #[arg(short, long, visible_alias = "format", value_enum, default_value_t)]
    pub(crate) output: ListFormat,
    #[command(flatten)]
    pub(crate) gateway: GatewayArguments,
}

#[derive(Debug, Args)]
pub(crate) struct OAuthRemoveArguments {
    #[command(flatten)]
    pub(crate) of: ClientOfArguments,
    #[command(flatten)]
    pub(crate) gateway: GatewayArguments,
}
