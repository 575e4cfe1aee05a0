//! What `migrate` takes.

use std::path::PathBuf;

use clap::Args;

use super::AccountFormat;

/// Makes the tables of a PostgreSQL database, or brings them up to date.
///
/// Run it before the first `serve` on a database and after each update of the binary. A database that is up
/// to date is left as it is.
#[derive(Debug, Args)]
#[command(after_help = "\
The role in the URL must be allowed to make tables; the one that serves need not. A password is
better given in PLUGWRIGHT_DATABASE_URL than in the command.

Examples:
  plugwright migrate --database-url postgres://owner@db.example.com/plugwright
  plugwright migrate --database-url postgres://owner@db.example.com/plugwright --grant-to gateway")]
pub(crate) struct MigrateArguments {
    /// Names the database [env: PLUGWRIGHT_DATABASE_URL].
    #[arg(long, value_name = "URL")]
    pub(crate) database_url: Option<String>,
    /// Gives this role the rights that `serve` takes, and no more.
    #[arg(long, value_name = "ROLE")]
    pub(crate) grant_to: Option<String>,
    /// Reads the configuration from this file [env: PLUGWRIGHT_CONFIG] [default: plugwright.toml, if it is there].
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Sets the form of the output.
    #[arg(short, long, visible_alias = "format", value_enum, default_value_t)]
    pub(crate) output: AccountFormat,
}
