//! Arguments of `oauth`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::args::{DetailFormat, ListFormat};
use crate::failure::Options;

/// Manage OAuth clients: the gateway's registrations with providers
#[derive(Debug, Args)]
pub(crate) struct OAuthArguments {
    #[command(subcommand)]
    pub(crate) command: OAuthCommand,
}

impl OAuthArguments {
    pub(crate) const OPTIONS: Options = &[
        ("clientId", "--client-id"),
        ("clientSecret", "--secret-file"),
    ];
}

#[derive(Debug, Subcommand)]
pub(crate) enum OAuthCommand {
    /// Set or replace the OAuth client of a connector
    #[command(after_help = "\
The secret comes from --secret-file, from PLUGWRIGHT_OAUTH_CLIENT_SECRET or from a prompt, never
from an argument. It is never shown again.

Examples:
  plugwright oauth set github --client-id Iv1.0123456789abcdef
  plugwright oauth set github --client-id Iv1.0123456789abcdef --secret-file secret.txt
  plugwright oauth set github --project acme --client-id Iv1.fedcba9876543210")]
    Set(Box<OAuthSetArguments>),
    /// List OAuth clients, without their secrets
    #[command(after_help = "\
Examples:
  plugwright oauth list --output json")]
    List {
        /// Output format
        #[arg(short, long, visible_alias = "format", value_enum, default_value_t)]
        output: ListFormat,
    },
    /// Remove a stored OAuth client, so that one from the gateway's configuration applies again
    #[command(after_help = "\
Examples:
  plugwright oauth remove github
  plugwright oauth remove github --project acme")]
    Remove(ClientOfArguments),
}

/// What an OAuth client is for.
#[derive(Debug, Args)]
pub(crate) struct ClientOfArguments {
    /// Connector; with --project, the provider config by id, connector or name
    #[arg(value_name = "CONNECTOR|CONFIG")]
    pub(crate) connector: String,
    /// Project whose provider config has its own client
    #[arg(long, value_name = "ID|NAME")]
    pub(crate) project: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct OAuthSetArguments {
    #[command(flatten)]
    pub(crate) of: ClientOfArguments,
    /// Client id issued by the provider
    #[arg(long, value_name = "ID")]
    pub(crate) client_id: String,
    /// File with the client secret, or `-` for standard input
    #[arg(long, value_name = "FILE|-")]
    pub(crate) secret_file: Option<PathBuf>,
    /// The client has no secret
    #[arg(long, conflicts_with = "secret_file")]
    pub(crate) public: bool,
    /// Output format
    #[arg(short, long, visible_alias = "format", value_enum, default_value_t)]
    pub(crate) output: DetailFormat,
}
