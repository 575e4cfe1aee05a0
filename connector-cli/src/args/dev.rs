//! Arguments of `dev`.

use clap::Args;

use super::SettingArguments;

/// Build the connector of this directory, serve it, and rebuild it whenever a file is saved
///
/// Calls need no token. They are answered from the connector's cassettes, or with mocks where
/// nothing is recorded; with --live they go to the provider.
#[derive(Debug, Args)]
#[command(after_help = "\
Takes the flags of `serve`. Connections and other data stay in the data directory. While the code
does not compile, the last build goes on serving.

Examples:
  plugwright dev
  plugwright dev --live --listen 127.0.0.1:4000")]
pub(crate) struct DevArguments {
    /// Package to build [default: that of this directory]
    #[arg(short, long, value_name = "NAME")]
    pub(crate) package: Option<String>,
    /// Binary to build, if the package has several
    #[arg(long, value_name = "NAME")]
    pub(crate) bin: Option<String>,
    /// Features to build with, besides the default ones and `serve`
    #[arg(long, value_name = "NAME,...", value_delimiter = ',')]
    pub(crate) features: Vec<String>,
    /// Call providers instead of answering from recorded traffic
    #[arg(long)]
    pub(crate) live: bool,
    #[command(flatten)]
    pub(crate) settings: SettingArguments,
}
