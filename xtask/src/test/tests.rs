//! Step `tests`: unit and integration tests, one process per test.

use anyhow::Result;

use crate::command::{self, cargo};
use crate::tool::NEXTEST;

pub(super) fn run() -> Result<()> {
    NEXTEST.provide()?;
    // The binary `ui` runs Cargo itself and needs the whole machine: it is a step of its own.
    command::run(&mut cargo([
        "nextest",
        "run",
        "--workspace",
        "--all-features",
        "--locked",
        "--filterset",
        "not binary(ui)",
    ]))
}
