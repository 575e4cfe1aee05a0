//! Arguments of `new`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Create a crate for a new connector, with actions, cassettes and passing tests
///
/// With --openapi, the actions are those of an OpenAPI document; without it, two samples.
#[derive(Debug, Args)]
#[command(after_help = "\
The crate is its own workspace and builds in any directory. Its name is `plugwright-<NAME>`.

Patterns are names of actions (`pets.*`) or paths (`/pets/*`), with `*` for any characters.

Examples:
  plugwright new shelf --auth bearer_token --base-url https://api.shelf.example.com
  plugwright new shelf --auth oauth2 --sdk-path ../plugwright --dir ../shelf
  plugwright new petstore --openapi petstore.yaml
  plugwright new hub --openapi api.github.com.json --operations 'issues.*,/repos/*/labels'")]
pub(crate) struct NewArguments {
    /// Connector name: lower-case letters, digits and hyphens
    pub(crate) name: String,
    /// Authentication scheme
    #[arg(
        long,
        value_enum,
        value_name = "bearer_token|prefixed_token|api_key|basic|oauth2|none",
        required_unless_present = "openapi",
        conflicts_with = "openapi"
    )]
    pub(crate) auth: Option<AuthScheme>,
    /// OpenAPI document whose operations become actions
    #[arg(long, value_name = "FILE")]
    pub(crate) openapi: Option<PathBuf>,
    /// Operations to include [default: all]
    #[arg(
        long,
        value_name = "PATTERNS",
        value_delimiter = ',',
        requires = "openapi",
        // A requirement that conflicts with what is given is not enforced.
        conflicts_with = "auth"
    )]
    pub(crate) operations: Vec<String>,
    /// Base URL of the API [default: https://api.example.com, or the document's]
    #[arg(long, value_name = "URL")]
    pub(crate) base_url: Option<String>,
    /// Use the SDK from this checkout of Plugwright's repository instead of crates.io
    #[arg(long, value_name = "PATH")]
    pub(crate) sdk_path: Option<PathBuf>,
    /// Directory to create [default: the name of the crate]
    #[arg(long, value_name = "PATH")]
    pub(crate) dir: Option<PathBuf>,
}

/// The schemes that a new connector can start with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum AuthScheme {
    /// Token in the `Authorization: Bearer` header
    BearerToken,
    /// Token in the `Authorization` header after another word, such as `token`
    PrefixedToken,
    /// Key in a header of its own
    ApiKey,
    /// User name and password
    Basic,
    /// OAuth 2 authorization code
    #[value(name = "oauth2")]
    OAuth2,
    /// No credential
    None,
}
