//! The binary that people install: its size, how fast it starts and what it takes of memory.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use tokio::runtime::Runtime;

use super::load::{self, Target, Until};
use super::operator;
use super::process::Process;
use super::servers::OPERATOR_TOKEN;
use crate::{http, kernel};

/// Calls after which the memory is looked at again.
pub(crate) const CALLS: usize = 1000;

/// A call that is answered from examples, so that no provider is needed.
pub(crate) struct MockCall {
    pub(crate) path: String,
    pub(crate) body: String,
}

impl MockCall {
    /// Calls an action of a bundled connector.
    pub(super) fn bundled() -> Self {
        Self::new("hackernews.users.get", r#"{"id":"pg"}"#)
    }

    /// Calls an action; `input` is JSON.
    pub(crate) fn new(action: &str, input: &str) -> Self {
        Self {
            path: format!("/v1/actions/{action}"),
            body: format!(r#"{{"input":{input},"options":{{"mode":"mock"}}}}"#),
        }
    }
}

pub(crate) struct Stock {
    /// Size in megabytes.
    pub(crate) size: f64,
    /// From the start of the process to the end of the first call, the shortest first.
    pub(crate) starts: Vec<Duration>,
    /// Resident megabytes two seconds after the start.
    pub(crate) idle: f64,
    /// Resident megabytes after [`CALLS`] calls.
    pub(crate) after_calls: f64,
}

impl Stock {
    pub(crate) fn start(&self) -> Duration {
        let middle = self.starts.get(self.starts.len() / 2);
        middle.copied().unwrap_or_default()
    }
}

/// Measures the stock binary with a data directory; `None` if it was not built.
pub(crate) fn measure(
    runtime: &Runtime,
    binary: &Path,
    data: &Path,
    call: &MockCall,
    times: usize,
) -> Result<Option<Stock>> {
    let Ok(file) = binary.metadata() else {
        return Ok(None);
    };
    // The first start makes the data directory, which is not what is measured.
    let first = start(binary, data)?;
    let token = runtime.block_on(operator::make_token(&first.origin()))?;
    let target = |server: &Process| {
        let request = http::post(&call.path, &token, &call.body);
        Target::new(server.address, request, "\"success\":true")
    };
    // The file is read from memory from now on.
    runtime.block_on(load::run(&target(&first), 1, Until::Calls(0)))?;
    first.stop()?;
    let mut starts = Vec::with_capacity(times);
    for _ in 0..times {
        let since = Instant::now();
        let server = start(binary, data)?;
        runtime.block_on(load::run(&target(&server), 1, Until::Calls(0)))?;
        starts.push(since.elapsed());
        server.stop()?;
    }
    starts.sort();
    let server = start(binary, data)?;
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

fn start(binary: &Path, data: &Path) -> Result<Process> {
    let folder = data
        .parent()
        .context("a data directory is in another one")?;
    let mut command = Command::new(binary);
    command
        .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
        .arg(data)
        .env("PLUGWRIGHT_ADMIN_TOKEN", OPERATOR_TOKEN)
        // No configuration of the workspace's owner is read.
        .current_dir(folder);
    Process::start(command, &data.with_extension("log"))
}
