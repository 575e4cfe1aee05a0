//! Arguments of `import` for MCP servers.
#![cfg_attr(
    not(feature = "serve"),
    allow(
        dead_code,
        reason = "a binary without `serve` says that it has no MCP servers"
    )
)]

use std::path::PathBuf;

use clap::Args;
use plugwright_import::Authentication;

/// An MCP server whose tools become actions.
#[derive(Debug, Default, Args)]
pub(crate) struct ServerArguments {
    /// The source is an MCP server: its URL, or after `--` a program on this machine with its arguments
    #[arg(long, requires = "name")]
    pub(crate) mcp: bool,
    /// Accept the current tools of an imported MCP server
    #[arg(
        long,
        value_name = "CONNECTOR",
        conflicts_with_all = ["mcp", "name", "source", "base_url", "allow_external_refs", "auth"]
    )]
    pub(crate) accept: Option<String>,
    /// How calls authenticate, whatever the document says: `bearer`,
    /// `header:NAME` or `none`
    #[arg(long, value_name = "SCHEME")]
    pub(crate) auth: Option<Authentication>,
    /// Environment variables to pass on to the program, besides the usual ones such as
    /// `PATH` and `HOME`
    #[arg(
        long = "env",
        value_name = "NAMES",
        requires = "mcp",
        value_delimiter = ','
    )]
    pub(crate) environment: Vec<String>,
    /// File with the credential for the MCP server
    #[arg(long, value_name = "FILE")]
    pub(crate) credential_file: Option<PathBuf>,
    /// Arguments of the program
    #[arg(value_name = "ARGUMENT", requires = "mcp")]
    pub(crate) arguments: Vec<String>,
}
