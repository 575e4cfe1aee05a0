//! Arguments of `new`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Create a crate for a new connector, with two actions, sample cassettes and passing tests
#[derive(Debug, Args)]
#[command(after_help = "\
The crate is its own workspace and builds in any directory. Its name is `plugwright-<NAME>`.

Examples:
  plugwright new shelf --auth bearer_token --base-url https://api.shelf.example.com
  plugwright new shelf --auth oauth2 --sdk-path ../plugwright --dir ../shelf")]
pub(crate) struct NewArguments {
    /// Connector name: lower-case letters, digits and hyphens
    pub(crate) name: String,
    /// Authentication scheme
    #[arg(
        long,
        value_enum,
        value_name = "bearer_token|prefixed_token|api_key|basic|oauth2|none"
    )]
    pub(crate) auth: AuthScheme,
    /// Base URL of the API
    #[arg(long, value_name = "URL", default_value = "https://api.example.com")]
    pub(crate) base_url: String,
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
