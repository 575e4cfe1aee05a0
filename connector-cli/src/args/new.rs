//! What `new` takes.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Writes a crate for a new connector: two actions, their recorded traffic and tests that pass.
#[derive(Debug, Args)]
#[command(after_help = "\
The crate is a workspace of its own and builds in any folder. Its name has `plugwright-` in front.

Examples:
  plugwright new shelf --auth bearer_token --base-url https://api.shelf.example.com
  plugwright new shelf --auth oauth2 --sdk-path ../plugwright --dir ../shelf")]
pub(crate) struct NewArguments {
    /// Names the connector, in lower-case letters, digits and hyphens.
    pub(crate) name: String,
    /// Chooses how the connector authenticates.
    #[arg(
        long,
        value_enum,
        value_name = "bearer_token|api_key|basic|oauth2|none"
    )]
    pub(crate) auth: AuthScheme,
    /// Says where the API is.
    #[arg(long, value_name = "URL", default_value = "https://api.example.com")]
    pub(crate) base_url: String,
    /// Takes the SDK from this checkout of Plugwright's repository, and not from the registry.
    #[arg(long, value_name = "PATH")]
    pub(crate) sdk_path: Option<PathBuf>,
    /// Sets the folder to make; it is named after the crate otherwise.
    #[arg(long, value_name = "PATH")]
    pub(crate) dir: Option<PathBuf>,
}

/// The schemes that a new connector can start with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum AuthScheme {
    /// A token in the header `Authorization: Bearer`.
    BearerToken,
    /// A key in a header of its own.
    ApiKey,
    /// User name and password.
    Basic,
    /// OAuth 2 with an authorization code.
    #[value(name = "oauth2")]
    OAuth2,
    /// No credential.
    None,
}
