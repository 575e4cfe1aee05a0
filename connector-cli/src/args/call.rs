//! Arguments of every command that calls an action.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::{Assignment, Setting, within};

/// An action, its parameters, and how to call it.
#[derive(Debug, Args)]
pub(crate) struct CallArguments {
    /// Action, in any spelling
    #[arg(index = 1)]
    pub(crate) action: String,
    /// Parameters
    #[arg(index = 2, value_name = "NAME=VALUE")]
    pub(crate) assignments: Vec<Assignment>,
    /// All parameters as one JSON object, inline, from a file (`@params.json`) or from standard
    /// input (`-`). NAME=VALUE replaces its members
    #[arg(short, long, value_name = "JSON|@FILE|-", allow_hyphen_values = true)]
    pub(crate) input: Option<String>,
    /// File with the credential: a token, or JSON such as {"token": ".."},
    /// {"username": "..", "password": ".."} or {"fields": {..}}
    #[arg(long, value_name = "FILE")]
    pub(crate) credential_file: Option<PathBuf>,
    /// Connection setting, such as the site of a self-hosted service
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub(crate) settings: Vec<Setting>,
    /// Timeout in seconds, for all pages together
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = within(1_u64..=86_400))]
    timeout: u64,
}

impl CallArguments {
    pub(crate) fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout)
    }
}
