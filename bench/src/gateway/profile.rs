//! A processor profile of a server under load, by `perf` of Linux.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use tokio::runtime::Runtime;

use super::load::{self, Target, Until};
use super::process::Process;

const WARM_UP: Duration = Duration::from_secs(1);
const SECONDS: u64 = 10;

/// Records where a server spends its time, and prints its most expensive functions: alone, and with
/// what they call.
pub(super) fn record(
    runtime: &Runtime,
    server: &Process,
    target: &Arc<Target>,
    in_flight: usize,
    file: &Path,
) -> Result<()> {
    runtime.block_on(load::run(target, in_flight, Until::After(WARM_UP)))?;
    let mut perf = Command::new("perf")
        .args([
            "record",
            "--quiet",
            "--event",
            "cpu-clock",
            "--freq",
            "1999",
        ])
        .args(["--call-graph", "fp", "--pid", &server.id().to_string()])
        .arg("--output")
        .arg(file)
        .args(["--", "sleep", &SECONDS.to_string()])
        .stdin(Stdio::null())
        .spawn()
        .context("perf is in Debian's package linux-perf")?;
    let load = load::run(
        target,
        in_flight,
        Until::After(Duration::from_secs(SECONDS)),
    );
    let load = runtime.block_on(load);
    let status = perf.wait()?;
    let load = load?;
    ensure!(status.success(), "perf record: {status}");
    eprintln!(
        "{} calls, {in_flight} in flight; the profile is in {}",
        load.latencies.len(),
        file.display()
    );
    for (title, arguments) in [
        ("Alone", ["--no-children", "--fields", "overhead,symbol"]),
        (
            "With what they call",
            ["--children", "--fields", "overhead_children,symbol"],
        ),
    ] {
        let report = Command::new("perf")
            .args(["report", "--stdio", "--quiet", "--call-graph", "none"])
            .args(["--percent-limit", "0.7"])
            .args(arguments)
            .arg("--input")
            .arg(file)
            .stderr(Stdio::null())
            .output()?;
        ensure!(report.status.success(), "perf report: {}", report.status);
        println!("\n{title}:");
        let report = String::from_utf8_lossy(&report.stdout);
        // Columns are filled up to the longest name, which is longer than any screen.
        for line in report.lines().map(str::trim_end) {
            println!("{line}");
        }
    }
    Ok(())
}
