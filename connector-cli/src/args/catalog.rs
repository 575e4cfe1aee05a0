//! Arguments of `catalog`.

use clap::Args;

use super::{DataArguments, ListFormat};

/// Show what was imported
///
/// Lists the imported connectors with their documents and their numbers of degraded and refused
/// operations, and the documents that could not be imported. Counts and the size on disk go to standard
/// error.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  plugwright catalog
  plugwright catalog --output json --data-dir /var/lib/plugwright")]
pub(crate) struct CatalogArguments {
    #[command(flatten)]
    pub(crate) data: DataArguments,
    /// Output format
    #[arg(short, long, visible_alias = "format", value_enum, default_value_t)]
    pub(crate) output: ListFormat,
}
