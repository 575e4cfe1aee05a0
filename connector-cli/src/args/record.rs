//! Arguments of `record`.

use std::path::PathBuf;

use clap::Args;

use super::CallArguments;

/// Run an action live and write the traffic to a cassette
#[derive(Debug, Args)]
#[command(after_help = "\
This calls the provider. It writes <action>.json, or <action>.<case>.json with --case, and redacts
the credential's secrets. An error of the provider is only recorded with --case; the exit code is
that of `run`.

Examples:
  plugwright record github.issues.get repo=octocat/Hello-World issue_number=1
  plugwright record github.issues.get repo=octocat/Hello-World issue_number=999999 --case not-found
  plugwright record github.labels.list repo=octocat/Hello-World --all-pages --force")]
pub(crate) struct RecordArguments {
    #[command(flatten)]
    pub(crate) call: CallArguments,
    /// Fetch all pages of a list
    #[arg(long)]
    pub(crate) all_pages: bool,
    /// Name of an additional case: lower-case letters, digits and hyphens
    #[arg(long, value_name = "WORD")]
    pub(crate) case: Option<String>,
    /// What the recording shows [default: the action's title]
    #[arg(long, value_name = "TEXT")]
    pub(crate) title: Option<String>,
    /// Directory of the cassettes
    #[arg(long, value_name = "PATH", default_value = "tests/cassettes")]
    pub(crate) dir: PathBuf,
    /// Overwrite an existing cassette
    #[arg(long)]
    pub(crate) force: bool,
}
