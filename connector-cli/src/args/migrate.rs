//! Arguments of `migrate`.

use std::path::PathBuf;

use clap::Args;

use super::DetailFormat;

/// Create or upgrade the tables of a PostgreSQL database
///
/// Run it before the first `serve` on a database and after each update of the binary. It changes
/// nothing if the database is up to date.
#[derive(Debug, Args)]
#[command(after_help = "\
The role in the URL must be allowed to create tables; the role that serves need not be. Pass
passwords in PLUGWRIGHT_DATABASE_URL rather than on the command line.

Examples:
  plugwright migrate --database-url postgres://owner@db.example.com/plugwright
  plugwright migrate --database-url postgres://owner@db.example.com/plugwright --grant-to gateway")]
pub(crate) struct MigrateArguments {
    /// Database [env: PLUGWRIGHT_DATABASE_URL]
    #[arg(long, value_name = "URL")]
    pub(crate) database_url: Option<String>,
    /// Grant this role the privileges that `serve` needs, and no others
    #[arg(long, value_name = "ROLE")]
    pub(crate) grant_to: Option<String>,
    /// Configuration file [env: PLUGWRIGHT_CONFIG] [default: plugwright.toml, if it exists]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Output format
    #[arg(short, long, visible_alias = "format", value_enum, default_value_t)]
    pub(crate) output: DetailFormat,
}
