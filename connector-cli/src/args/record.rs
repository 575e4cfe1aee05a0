//! What `record` takes.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::{Assignment, Setting};

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
    /// Names the action, in any spelling.
    #[arg(index = 1)]
    pub(crate) action: String,
    /// Gives parameters, as `run` takes them.
    #[arg(index = 2, value_name = "NAME=VALUE")]
    pub(crate) assignments: Vec<Assignment>,
    /// Gives all parameters as one JSON object: the text itself, a file (`@params.json`) or
    /// standard input (`-`). Parameters given as NAME=VALUE replace its members.
    #[arg(short, long, value_name = "JSON|@FILE|-", allow_hyphen_values = true)]
    pub(crate) input: Option<String>,
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
    /// Reads the credential from this file, as `run` does.
    #[arg(long, value_name = "FILE")]
    pub(crate) credential_file: Option<PathBuf>,
    /// Sets a setting of the connection, such as the site of a self-hosted service.
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub(crate) settings: Vec<Setting>,
    /// Gives up after this many seconds, all pages included.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    timeout: u64,
}

impl RecordArguments {
    pub(crate) fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout)
    }
}
