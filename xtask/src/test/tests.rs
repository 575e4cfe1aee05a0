//! Step `tests`: unit and integration tests, one process per test.

use std::num::NonZero;
use std::thread;

use anyhow::Result;

use crate::command::{self, cargo};
use crate::tool::NEXTEST;

/// Runs the tests of a profile.
pub(super) fn run(profile: &str) -> Result<()> {
    NEXTEST.provide()?;
    // Many tests wait for processes and for time to pass: others can run meanwhile.
    let threads = thread::available_parallelism().map_or(2, NonZero::get) * 3 / 2;
    let threads = threads.to_string();
    // The binary `ui` runs Cargo itself and needs the whole machine: it is a step of its own.
    command::run(&mut cargo([
        "nextest",
        "run",
        "--workspace",
        "--all-features",
        "--locked",
        "--profile",
        profile,
        "--test-threads",
        &threads,
        "--filterset",
        "not binary(ui)",
    ]))
}
