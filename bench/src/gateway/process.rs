//! A server in a process of its own, and what the kernel says of it.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use super::Result;

/// Linux counts processor time for programs in ticks of this length, whatever its own clock is.
const TICK: Duration = Duration::from_millis(10);
/// Time that a server has to stop when it is told to.
const TO_STOP: Duration = Duration::from_secs(10);

/// A server that runs until it is dropped.
pub(crate) struct Process {
    child: Child,
    address: SocketAddr,
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
            .map_err(|error| format!("{}: {error}", command.get_program().display()))?;
        let input = child.stdin.take();
        let output = child.stdout.take().ok_or("the server has no output")?;
        let mut output = BufReader::new(output);
        let address = listening(&mut output);
        if address.is_err() {
            child.kill()?;
            child.wait()?;
        }
        let address = address.map_err(|error| {
            let said = std::fs::read_to_string(log).unwrap_or_default();
            format!("{command:?}: {error}\n{said}")
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

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns the processor time that the process has taken.
    pub(crate) fn cpu(&self) -> Result<Duration> {
        cpu(&self.id().to_string())
    }

    /// Returns the resident memory in megabytes.
    pub(crate) fn memory(&self) -> Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.id()))?;
        let kibibytes: u32 = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .and_then(|line| line.split_whitespace().next())
            .ok_or("the kernel does not tell the resident memory")?
            .parse()?;
        Ok(f64::from(kibibytes) * 1024.0 / 1e6)
    }

    /// Tells the server to stop and waits for it, so that it leaves its data as it should be.
    pub(crate) fn stop(mut self) -> Result<()> {
        let told = Command::new("kill")
            .args(["-TERM", &self.id().to_string()])
            .status()?;
        if !told.success() {
            return Err(format!("the server can't be told to stop: {told}").into());
        }
        let since = Instant::now();
        while since.elapsed() < TO_STOP {
            if let Some(status) = self.child.try_wait()? {
                return if status.success() {
                    Ok(())
                } else {
                    Err(format!("the server stopped with {status}").into())
                };
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Err(format!("the server did not stop within {TO_STOP:?}").into())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may be gone already; then there is nothing to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Returns the processor time that this process has taken.
pub(crate) fn own_cpu() -> Result<Duration> {
    cpu("self")
}

fn cpu(process: &str) -> Result<Duration> {
    let path = format!("/proc/{process}/stat");
    let stat = std::fs::read_to_string(&path)
        .map_err(|error| format!("{path}: processor time is read on Linux alone: {error}"))?;
    // The name of the program stands in brackets and may have spaces in it.
    let (_, fields) = stat.rsplit_once(')').ok_or("a strange /proc/<pid>/stat")?;
    let mut fields = fields.split_whitespace().skip(11);
    let mut ticks = || -> Result<u32> { Ok(fields.next().ok_or("no processor time")?.parse()?) };
    Ok(TICK * (ticks()? + ticks()?))
}

fn listening(output: &mut BufReader<ChildStdout>) -> Result<SocketAddr> {
    let mut line = String::new();
    while output.read_line(&mut line)? > 0 {
        if let Some(address) = line.trim().strip_prefix("listening on http://") {
            return Ok(address.parse()?);
        }
        line.clear();
    }
    Err("the server ended before it listened".into())
}
