//! `cargo check` after an edit of each published crate.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use super::edit::Edit;
use super::spent::shown;
use super::{Bench, Record, TARGET};

const ROUNDS: usize = 3;

/// The table of checks, by the first cell of its header.
const CHECKS: &str = "Crate";

pub(super) fn measure(bench: &Bench, record: &mut Record<'_>) -> Result<()> {
    let target = bench.fresh("target")?;
    for package in bench.workspace.published() {
        let name = package.name.as_str();
        let edit = Edit::of(&bench.sh, package)?;
        let alone = check_after(bench, &target, name, &["--package", name], &edit)?;
        let all = check_after(bench, &target, name, &[], &edit)?;
        let cells = [format!("`{}`", edit.file), shown(alone), shown(all)];
        record.put(CHECKS, &format!("`{name}`"), &cells)?;
    }
    Ok(bench.sh.remove_path(target)?)
}

fn check_after(
    bench: &Bench,
    target: &Path,
    name: &str,
    selection: &[&str],
    edit: &Edit,
) -> Result<Duration> {
    let check = bench
        .cargo(["check", "--locked", "--offline"])
        .args(selection);
    let check = check.env(TARGET, target).ignore_status();
    let mut times = Vec::new();
    // Once outside of what is measured, for all that it depends on.
    for round in 0..=ROUNDS {
        edit.make(&bench.sh, round)?;
        let start = Instant::now();
        let output = check.output()?;
        let time = start.elapsed();
        let said = String::from_utf8_lossy(&output.stderr);
        if !output.status.success() {
            bail!("`cargo check` of {name} failed\n{said}");
        }
        let is_built = ["Checking", "Compiling"]
            .iter()
            .any(|doing| said.contains(&format!("{doing} {name} v")));
        if round > 0 && !is_built {
            bail!("Cargo did not notice the edit of {}", edit.file);
        }
        times.push(time);
    }
    let measured = &mut times[1..];
    measured.sort();
    Ok(measured[ROUNDS / 2])
}
