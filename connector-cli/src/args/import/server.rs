//! Arguments of `import` for MCP servers.
#![cfg_attr(
    not(feature = "serve"),
    allow(
        dead_code,
        reason = "a binary without `serve` says that it has no MCP servers"
    )
)]

use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;
use plugwright_sdk::host::{AuthParts, SchemeParts};

/// An MCP server whose tools become actions.
#[derive(Debug, Default, Args)]
pub(crate) struct ServerArguments {
    /// The source is an MCP server: its URL, or after `--` a program on this machine with its arguments
    #[arg(long, requires = "name")]
    pub(crate) mcp: bool,
    /// Take over the tools of an imported MCP server as they are now
    #[arg(
        long,
        value_name = "CONNECTOR",
        conflicts_with_all = ["mcp", "name", "source", "base_url", "allow_external_refs"]
    )]
    pub(crate) accept: Option<String>,
    /// How calls authenticate to the MCP server: `bearer`, or `header:NAME`
    #[arg(long, value_name = "SCHEME", requires = "mcp")]
    pub(crate) auth: Option<ServerAuth>,
    /// Environment variables that the program gets from the gateway, beside the usual ones such as
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

/// How calls authenticate to an MCP server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ServerAuth {
    Bearer,
    Header(String),
}

impl FromStr for ServerAuth {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "bearer" {
            return Ok(Self::Bearer);
        }
        let name = text.strip_prefix("header:");
        let name = name.filter(|name| http::HeaderName::try_from(*name).is_ok());
        name.map(|name| Self::Header(name.to_owned()))
            .ok_or_else(|| "must be `bearer` or `header:NAME`".to_owned())
    }
}

impl ServerAuth {
    pub(crate) fn parts(&self) -> AuthParts {
        match self {
            Self::Bearer => AuthParts {
                label: "Access token".to_owned(),
                scheme: SchemeParts::BearerToken {
                    prefix: "Bearer".to_owned(),
                },
            },
            Self::Header(name) => AuthParts {
                label: format!("Value of the header {name}"),
                scheme: SchemeParts::ApiKeyHeader { name: name.clone() },
            },
        }
    }
}
