//! Arguments of `lock`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Write a lock file of what each linked action may do, or check against one
#[derive(Debug, Args)]
#[command(after_help = "\
Without --check, it writes the file and prints what changed. With --check, it exits with 1 if an
action may do more than the file allows: it is new, or has a stronger effect, another scope or
another host. It exits with 3 if there is no file, and with 4 if the file is damaged or of another
version.

Examples:
  plugwright lock
  plugwright lock --check
  plugwright lock --check --deny breaking --output json")]
pub(crate) struct LockArguments {
    /// Compare and write nothing
    #[arg(long)]
    pub(crate) check: bool,
    /// The lock file
    #[arg(long, value_name = "FILE", default_value = "plugwright.lock")]
    pub(crate) file: PathBuf,
    /// Also fail on other changes of these kinds
    #[arg(
        long,
        value_enum,
        value_name = "KIND,...",
        value_delimiter = ',',
        requires = "check"
    )]
    pub(crate) deny: Vec<DeniedKind>,
    /// Output format
    #[arg(short, long, visible_alias = "format", value_enum, default_value_t)]
    pub(crate) output: super::DetailFormat,
}

/// Kinds of changes that can be denied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DeniedKind {
    /// Texts
    Wording,
    /// Less than before
    Narrower,
    /// More than before
    Wider,
    /// What may break callers
    Breaking,
}
