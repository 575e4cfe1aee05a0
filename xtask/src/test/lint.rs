//! Step `lint`: Clippy over everything, warnings refused.

use anyhow::Result;

use crate::command::{self, cargo};
use crate::tool::CLIPPY;

pub(super) fn run() -> Result<()> {
    CLIPPY.provide()?;
    command::run(&mut cargo([
        "clippy",
        "--workspace",
        "--all-targets",
        "--all-features",
        "--locked",
        "--",
        "--deny",
        "warnings",
    ]))
}
