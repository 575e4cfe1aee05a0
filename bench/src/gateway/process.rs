//! A server in a process of its own.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};

use crate::kernel;

/// Time that a server has to stop when it is told to.
const TO_STOP: Duration = Duration::from_secs(10);

pub(crate) struct Process {
    child: Child,
    pub(crate) address: SocketAddr,
    /// The server ends when this is closed.
    _input: Option<ChildStdin>,
    /// Kept open, so that the server may go on writing.
    _output: BufReader<ChildStdout>,
}

impl Process {
    /// Starts this program with the arguments of one of its servers.
    pub(crate) fn own(arguments: &[&str], log: &Path) -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("gateway").args(arguments);
        Self::start(command, log)
    }

    /// Starts a server and waits until it says where it listens. What it writes to standard error
    /// goes into a file, as it would in a deployment.
    pub(crate) fn start(mut command: Command, log: &Path) -> Result<Self> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(File::options().create(true).append(true).open(log)?)
            .spawn()
            .with_context(|| command.get_program().display().to_string())?;
        let input = child.stdin.take();
        let output = child.stdout.take().context("the server has no output")?;
        let mut output = BufReader::new(output);
        let address = listening(&mut output);
        if address.is_err() {
            child.kill()?;
            child.wait()?;
        }
        let address = address.with_context(|| {
            let said = std::fs::read_to_string(log).unwrap_or_default();
            format!("{command:?}\n{said}")
        })?;
        Ok(Self {
            child,
            address,
            _input: input,
            _output: output,
        })
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn cpu(&self) -> Result<Duration> {
        kernel::cpu(&self.id().to_string())
    }

    /// Returns the resident memory in megabytes.
    pub(crate) fn memory(&self) -> Result<f64> {
        let bytes = kernel::memory(&self.id().to_string(), "VmRSS")?;
        Ok(kernel::in_units(bytes, 1e6))
    }

    /// Tells the server to stop and waits for it, so that it leaves its data as it should be.
    pub(crate) fn stop(mut self) -> Result<()> {
        let told = Command::new("kill")
            .args(["-TERM", &self.id().to_string()])
            .status()?;
        ensure!(told.success(), "the server can't be told to stop: {told}");
        let since = Instant::now();
        while since.elapsed() < TO_STOP {
            if let Some(status) = self.child.try_wait()? {
                ensure!(status.success(), "the server stopped with {status}");
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        bail!("the server did not stop within {TO_STOP:?}")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may be gone already; then there is nothing to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn listening(output: &mut BufReader<ChildStdout>) -> Result<SocketAddr> {
    let mut line = String::new();
    while output.read_line(&mut line)? > 0 {
        if let Some(address) = line.trim().strip_prefix("listening on http://") {
            return Ok(address.parse()?);
        }
        line.clear();
    }
    bail!("the server ended before it listened")
}
