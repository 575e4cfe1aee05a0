//! Step `doctests`: the examples in the documentation.

use anyhow::Result;

use crate::command::{self, cargo};

pub(super) fn run() -> Result<()> {
    command::run(&mut cargo([
        "test",
        "--doc",
        "--workspace",
        "--all-features",
        "--locked",
    ]))
}
