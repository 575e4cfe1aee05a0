//! What the Linux kernel tells of a process; `self` is this one, `thread-self` this thread alone.

use std::fs;
use std::time::Duration;

use anyhow::{Context as _, Result};

/// Linux counts processor time for programs in ticks of this length, whatever its own clock is.
const TICK: Duration = Duration::from_millis(10);

pub(crate) fn cpu(process: &str) -> Result<Duration> {
    cpu_from(process, 11)
}

/// Returns the processor time of this process's children that have ended, and of theirs.
pub(crate) fn cpu_of_children() -> Result<Duration> {
    cpu_from("self", 13)
}

/// Adds up the user's and the system's time that stand at a place behind the program's name.
fn cpu_from(process: &str, place: usize) -> Result<Duration> {
    let path = format!("/proc/{process}/stat");
    let stat = fs::read_to_string(path).context("processor time is read on Linux alone")?;
    // The name of the program stands in brackets and may have spaces in it.
    let (_, fields) = stat
        .rsplit_once(')')
        .context("a strange /proc/<pid>/stat")?;
    let mut fields = fields.split_whitespace().skip(place);
    let mut ticks = || -> Result<u32> { Ok(fields.next().context("no processor time")?.parse()?) };
    Ok(TICK * (ticks()? + ticks()?))
}

/// Returns a size of `/proc/<pid>/status` in bytes, by its name there: `VmRSS` for the resident memory,
/// `VmHWM` for the most of it so far.
pub(crate) fn memory(process: &str, name: &str) -> Result<u64> {
    let path = format!("/proc/{process}/status");
    let status = fs::read_to_string(path).context("memory is read on Linux alone")?;
    let line = status.lines().find(|line| line.starts_with(name));
    let kibibytes = line.and_then(|line| line.split_whitespace().nth(1));
    let kibibytes: u64 = kibibytes
        .with_context(|| format!("the kernel does not tell {name}"))?
        .parse()?;
    Ok(kibibytes << 10)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "sizes of memory and of files are far below 2^52"
)]
pub(crate) fn in_units(bytes: u64, unit: f64) -> f64 {
    bytes as f64 / unit
}
