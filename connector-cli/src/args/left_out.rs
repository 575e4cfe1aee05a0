//! Commands that this binary was built without.

use std::ffi::OsString;

use clap::Args;

/// Is not in this binary.
#[derive(Debug, Args)]
pub(crate) struct LeftOutArguments {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    given: Vec<OsString>,
}
