//! What every command takes that calls an action.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::{Assignment, Setting};

/// An action, its parameters, and how it is called.
#[derive(Debug, Args)]
pub(crate) struct CallArguments {
    /// Names the action, in any spelling.
    #[arg(index = 1)]
    pub(crate) action: String,
    /// Gives parameters.
    #[arg(index = 2, value_name = "NAME=VALUE")]
    pub(crate) assignments: Vec<Assignment>,
    /// Gives all parameters as one JSON object: the text itself, a file (`@params.json`) or
    /// standard input (`-`). Parameters given as NAME=VALUE replace its members.
    #[arg(short, long, value_name = "JSON|@FILE|-", allow_hyphen_values = true)]
    pub(crate) input: Option<String>,
    /// Reads the credential from this file: a token, or JSON such as {"token": ".."},
    /// {"username": "..", "password": ".."} or {"fields": {..}}.
    #[arg(long, value_name = "FILE")]
    pub(crate) credential_file: Option<PathBuf>,
    /// Sets a setting of the connection, such as the site of a self-hosted service.
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub(crate) settings: Vec<Setting>,
    /// Gives up after this many seconds, all pages included.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    timeout: u64,
}

impl CallArguments {
    pub(crate) fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout)
    }
}
