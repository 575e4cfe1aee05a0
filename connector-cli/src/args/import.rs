//! Arguments of `import`, and the data directory of commands that run in this process.

mod server;

use std::path::PathBuf;

use clap::Args;
use plugwright_egress::AllowedDestination;

use super::DetailFormat;
pub(crate) use server::ServerArguments;

/// Turn API descriptions, and the tools of MCP servers, into connectors
///
/// An imported connector runs like a compiled one: `list`, `show`, `search`, `run`, `serve` and `mcp`
/// find it in the data directory. Reads OpenAPI 3.0 and 3.1, Swagger 2.0, Google Discovery and Postman
/// collections 2.0 and 2.1, in JSON or YAML, and GraphQL schemas as SDL or as the response to an
/// introspection query. Importing a document again keeps the names of its actions.
///
/// GraphQL schemas contain no URL: set `--base-url`, or state it in an overlay.
///
/// With `--mcp`, the current tools of an MCP server become actions. A tool that the server
/// changes later is not called until you accept the change with `--accept`.
#[derive(Debug, Args)]
#[command(after_help = "\
Whatever makes sense in a faulty document is imported, and the report lists the rest. A
running gateway notices the connector within a second.

Examples:
  plugwright import petstore.yaml --name petstore
  plugwright import documents/ --data-dir /var/lib/plugwright
  plugwright import petstore.json --base-url https://pets.example.com --report full
  plugwright import schema.graphql --name linear --base-url https://api.linear.app/graphql
  plugwright import https://petstore3.swagger.io/api/v3/openapi.json
  plugwright run petstore.pet.get petId=7 --dry-run
  plugwright import --mcp https://mcp.example.com/mcp --name example --auth bearer
  plugwright import --mcp --name files -- npx -y @modelcontextprotocol/server-filesystem /srv/files
  plugwright import --accept files
  plugwright import --remove petstore")]
pub(crate) struct ImportArguments {
    /// Document, directory of documents, or with `--mcp` a server
    #[arg(
        value_name = "FILE|DIRECTORY|URL|PROGRAM",
        required_unless_present_any = ["accept", "remove"]
    )]
    pub(crate) source: Option<String>,
    /// Name of the connector [default: derived from the document's title or file name]
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Import even if the document, hosts, authentication, effects or overlay of the connector change
    #[arg(long)]
    pub(crate) replace: bool,
    /// Remove an imported connector, or a document that could not be imported
    #[arg(
        long,
        value_name = "CONNECTOR",
        conflicts_with_all = ["source", "name", "replace", "base_url", "overlay", "check", "mcp", "accept", "auth"]
    )]
    pub(crate) remove: Option<String>,
    /// Base URL to use in place of the document's servers; the endpoint of a GraphQL API
    #[arg(long, value_name = "URL")]
    pub(crate) base_url: Option<String>,
    /// File with corrections to the document
    #[arg(long, value_name = "FILE")]
    pub(crate) overlay: Option<PathBuf>,
    /// Follow references to other documents: from a file to its directory and below, from a URL to
    /// the same origin
    #[arg(long)]
    pub(crate) allow_external_refs: bool,
    /// Hosts and networks outside the public internet that may be reached
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    pub(crate) egress_allow: Vec<AllowedDestination>,
    #[command(flatten)]
    pub(crate) server: ServerArguments,
    #[command(flatten)]
    pub(crate) data: DataArguments,
    /// Detail of the report
    #[arg(long, value_enum, default_value_t)]
    pub(crate) report: ReportDetail,
    /// Check the documents without storing connectors
    #[arg(long)]
    pub(crate) check: bool,
    /// Output format
    #[arg(short, long, visible_alias = "format", value_enum, default_value_t)]
    pub(crate) output: DetailFormat,
}

/// How much a report says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum ReportDetail {
    /// Counts and the most frequent problems
    #[default]
    Summary,
    /// Every operation
    Full,
}

/// The data directory, where imported connectors are.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct DataArguments {
    /// Directory with imported connectors [env: PLUGWRIGHT_DATA_DIR] [default: ./data]
    #[arg(long, value_name = "PATH")]
    pub(crate) data_dir: Option<PathBuf>,
}

impl DataArguments {
    pub(crate) fn directory(&self) -> PathBuf {
        let variable = || {
            let value = std::env::var_os("PLUGWRIGHT_DATA_DIR")?;
            (!value.is_empty()).then(|| PathBuf::from(value))
        };
        let named = self.data_dir.clone().or_else(variable);
        named.unwrap_or_else(|| PathBuf::from("./data"))
    }
}
