//! What `record` takes.

use std::path::PathBuf;

use clap::Args;

use super::CallArguments;

/// Runs an action live and writes what was asked and answered to a cassette.
#[derive(Debug, Args)]
#[command(after_help = "\
The provider is really called. The file is <action>.json, or <action>.<case>.json with --case. The
secrets of the credential are replaced in it. An error of the provider is recorded if --case names
it, and the exit code says what it was.

Examples:
  plugwright record github.issues.get repo=octocat/Hello-World issue_number=1
  plugwright record github.issues.get repo=octocat/Hello-World issue_number=999999 --case not-found
  plugwright record github.labels.list repo=octocat/Hello-World --all-pages --force")]
pub(crate) struct RecordArguments {
    #[command(flatten)]
    pub(crate) call: CallArguments,
    /// Reads a list to its end.
    #[arg(long)]
    pub(crate) all_pages: bool,
    /// Names a further case of the action, in lower-case letters, digits and hyphens.
    #[arg(long, value_name = "WORD")]
    pub(crate) case: Option<String>,
    /// Says what the recording shows; the action's title otherwise.
    #[arg(long, value_name = "TEXT")]
    pub(crate) title: Option<String>,
    /// Sets the folder of the cassettes.
    #[arg(long, value_name = "PATH", default_value = "tests/cassettes")]
    pub(crate) dir: PathBuf,
    /// Replaces a cassette that exists.
    #[arg(long)]
    pub(crate) force: bool,
}
