//! `cargo check` after an edit of each published crate.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use super::checkout::Edit;
use super::spent::shown;
use super::{Bench, Record, TARGET, remove};
use crate::command::cargo;
use crate::order;

const ROUNDS: usize = 3;

/// The table of checks, by the first cell of its header.
const CHECKS: &str = "Crate";

pub(super) fn measure(bench: &Bench, record: &mut Record) -> Result<()> {
    let target = bench.fresh("target")?;
    let packages = order::of(bench.checkout.workspace().published())?;
    for package in packages {
        let name = package.name.as_str();
        let edit = Edit::of(package)?;
        let check = |selection: &[&str]| {
            let check = Check {
                bench,
                target: &target,
                name,
                selection,
            };
            check.after(&edit)
        };
        let alone = check(&["--package", name])?;
        let all = check(&[])?;
        let cells = [format!("`{}`", edit.file), shown(alone), shown(all)];
        record.put(CHECKS, &format!("`{name}`"), &cells)?;
    }
    remove(&target)
}

/// One way to check a crate.
struct Check<'a> {
    bench: &'a Bench,
    target: &'a Path,
    name: &'a str,
    selection: &'a [&'a str],
}

impl Check<'_> {
    /// The middle of some times that it takes after an edit.
    fn after(&self, edit: &Edit) -> Result<Duration> {
        // Once outside of what is measured, for all that it depends on.
        edit.make(0)?;
        self.run()?;
        let mut times = Vec::new();
        for round in 1..=ROUNDS {
            edit.make(round)?;
            times.push(
                self.run()?
                    .with_context(|| format!("Cargo did not notice the edit of {}", edit.file))?,
            );
        }
        times.sort();
        Ok(times[ROUNDS / 2])
    }

    /// How long Cargo takes, or nothing if the crate is as it was.
    fn run(&self) -> Result<Option<Duration>> {
        let mut command = cargo(["check", "--locked", "--offline"]);
        command.args(self.selection).env(TARGET, self.target);
        let start = Instant::now();
        let output = self.bench.checkout.at(&mut command).output()?;
        let time = start.elapsed();
        let said = String::from_utf8_lossy(&output.stderr);
        if !output.status.success() {
            bail!("`cargo check` of {} failed\n{said}", self.name);
        }
        let is_built = ["Checking", "Compiling"]
            .iter()
            .any(|doing| said.contains(&format!("{doing} {} v", self.name)));
        Ok(is_built.then_some(time))
    }
}
