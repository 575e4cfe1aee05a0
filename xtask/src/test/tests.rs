//! Step `tests`: unit and integration tests, one process per test.

use std::num::NonZero;
use std::thread;

use anyhow::Result;

use super::Extent;
use crate::command::{self, cargo};
use crate::tool::NEXTEST;

/// Runs the tests of an extent.
pub(super) fn run(extent: Extent) -> Result<()> {
    NEXTEST.provide()?;
    let cores = thread::available_parallelism().map_or(2, NonZero::get);
    // Many tests wait for processes and for time to pass: others can run meanwhile.
    let (profile, threads) = match extent {
        // In this profile a test takes two threads, unless it waits nearly all the time.
        Extent::Whole => ("whole", cores * 3 + 1),
        Extent::Fast => ("fast", cores * 3 / 2),
    };
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
