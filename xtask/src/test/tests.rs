//! Step `tests`: unit and integration tests, one process per test.

use std::fs::{self, File};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use super::Extent;
use crate::command::{self, cargo};
use crate::tool::NEXTEST;

/// Runs the tests of an extent.
pub(super) fn run(extent: Extent) -> Result<()> {
    NEXTEST.provide()?;
    command::run(&mut nextest(extent))
}

/// Tests that run beside other steps.
pub(super) struct Running {
    child: Child,
    /// What they print, until they are at their end.
    log: PathBuf,
    start: Instant,
}

/// Builds the tests of an extent and lets them run. Many wait for processes and for time to pass:
/// what this thread starts from now on gets the processors when no test wants them.
pub(super) fn start(extent: Extent, target: &Path) -> Result<Running> {
    NEXTEST.provide()?;
    let start = Instant::now();
    command::run(nextest(extent).arg("--no-run"))?;
    let log = target.join("xtask-tests.log");
    let file = File::create(&log).with_context(|| format!("cannot create {}", log.display()))?;
    let child = command::start(&mut nextest(extent), file)?;
    give_way();
    Ok(Running { child, log, start })
}

impl Running {
    /// Waits for the tests and shows what they printed; returns how long they took.
    pub(super) fn finish(mut self) -> Result<Duration> {
        let status = self.child.wait().context("cannot wait for the tests")?;
        let duration = self.start.elapsed();
        let printed =
            fs::read(&self.log).with_context(|| format!("cannot read {}", self.log.display()))?;
        eprint!("{}", String::from_utf8_lossy(&printed));
        command::succeeded("cargo nextest run", status)?;
        Ok(duration)
    }
}

/// Lets other threads go first.
fn give_way() {
    #[cfg(unix)]
    if let Err(error) = rustix::process::nice(10) {
        eprintln!("the next steps run beside the tests with the same priority: {error}");
    }
}

fn nextest(extent: Extent) -> Command {
    let cores = thread::available_parallelism().map_or(2, NonZero::get);
    // Many tests wait for processes and for time to pass: others can run meanwhile.
    let (profile, threads) = match extent {
        // In this profile a test takes two threads, unless it waits nearly all the time.
        Extent::Whole => ("whole", cores * 3 + 1),
        Extent::Fast => ("fast", cores * 3 / 2),
    };
    // The binary `ui` runs Cargo itself and needs the whole machine: it is a step of its own.
    let mut command = cargo([
        "nextest",
        "run",
        "--workspace",
        "--all-features",
        "--locked",
    ]);
    command.args(["--filterset", "not binary(ui)", "--profile", profile]);
    command.args(["--test-threads", &threads.to_string()]);
    command
}
