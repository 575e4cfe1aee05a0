//! The binary that people install: its size, how fast it starts and what it takes of memory.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::Result;
use tokio::runtime::Runtime;

use super::load::{self, Target, Until};
use super::operator;
use super::process::Process;
use super::servers::OPERATOR_TOKEN;
use crate::{http, kernel};

/// Calls after which the memory is looked at again.
pub(super) const CALLS: usize = 1000;

/// An action of a bundled connector, answered from its own examples, so that no provider is needed.
const ACTION: &str = "/v1/actions/hackernews.users.get";
const CALL: &str = r#"{"input":{"id":"pg"},"options":{"mode":"mock"}}"#;

/// What was found.
pub(super) struct Stock {
    /// Size in megabytes.
    pub(super) size: f64,
    /// From the start of the process to the end of the first call, the shortest first.
    pub(super) starts: Vec<Duration>,
    /// Resident megabytes two seconds after the start.
    pub(super) idle: f64,
    /// Resident megabytes after [`CALLS`] calls.
    pub(super) after_calls: f64,
}

impl Stock {
    pub(super) fn start(&self) -> Duration {
        let middle = self.starts.get(self.starts.len() / 2);
        middle.copied().unwrap_or_default()
    }
}

/// Measures the stock binary; `None` if it was not built.
pub(super) fn measure(
    runtime: &Runtime,
    binary: &Path,
    folder: &Path,
    times: usize,
) -> Result<Option<Stock>> {
    let Ok(file) = binary.metadata() else {
        return Ok(None);
    };
    // The first start makes the data directory, which is not what is measured.
    let first = start(binary, folder)?;
    let token = runtime.block_on(operator::make_token(&first.origin()))?;
    let target = |server: &Process| {
        let request = http::post(ACTION, &token, CALL);
        Target::new(server.address(), request, "\"success\":true")
    };
    // The file is read from memory from now on.
    runtime.block_on(load::run(&target(&first), 1, Until::Calls(0)))?;
    first.stop()?;
    let mut starts = Vec::with_capacity(times);
    for _ in 0..times {
        let since = Instant::now();
        let server = start(binary, folder)?;
        runtime.block_on(load::run(&target(&server), 1, Until::Calls(0)))?;
        starts.push(since.elapsed());
        server.stop()?;
    }
    starts.sort();
    let server = start(binary, folder)?;
    std::thread::sleep(Duration::from_secs(2));
    let idle = server.memory()?;
    runtime.block_on(load::run(&target(&server), 1, Until::Calls(CALLS)))?;
    let after_calls = server.memory()?;
    server.stop()?;
    Ok(Some(Stock {
        size: kernel::in_units(file.len(), 1e6),
        starts,
        idle,
        after_calls,
    }))
}

fn start(binary: &Path, folder: &Path) -> Result<Process> {
    let mut command = Command::new(binary);
    command
        .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
        .arg(folder.join("stock"))
        .env("PLUGWRIGHT_ADMIN_TOKEN", OPERATOR_TOKEN)
        // No configuration of the workspace's owner is read.
        .current_dir(folder);
    Process::start(command, &folder.join("stock.log"))
}
