//! Builds of each connector's crate.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;

use super::edit::collect;
use super::spent::{shown, spend};
use super::{Bench, Record, TARGET};
use crate::workspace::Package;

const ROUNDS: usize = 3;

/// The table, by the first cell of its header.
const CONNECTORS: &str = "Connector";

/// What is measured, and the profile whose artifacts that makes.
const BUILDS: [(&[&str], &str); 3] = [
    (&["check"], "dev"),
    (&["build"], "dev"),
    (&["build", "--release"], "release"),
];

pub(super) fn measure(bench: &Bench, record: &mut Record<'_>) -> Result<()> {
    let target = bench.fresh("target")?;
    let folder = bench.workspace.root.join("connectors");
    let packages = bench.workspace.published();
    for package in packages.filter(|package| package.folder().starts_with(&folder)) {
        let actions = actions(bench, package)?;
        if actions == 0 {
            // It has what several connectors share.
            continue;
        }
        let mut cells = vec![actions.to_string()];
        for (words, profile) in BUILDS {
            cells.push(shown(build(bench, &target, &package.name, words, profile)?));
        }
        record.put(CONNECTORS, &format!("`{}`", package.name), &cells)?;
    }
    Ok(bench.sh.remove_path(target)?)
}

/// The middle of some times that a crate takes alone.
fn build(
    bench: &Bench,
    target: &Path,
    name: &str,
    words: &[&str],
    profile: &str,
) -> Result<Duration> {
    let package = ["--package", name];
    let build = bench.cargo(words.iter().copied());
    let build = build
        .args(["--locked", "--offline", "--quiet"])
        .args(package);
    let build = build.env(TARGET, target);
    // Its dependencies, which are no part of what is measured.
    build.run()?;
    let clean = bench.cargo(["clean", "--quiet", "--offline", "--profile", profile]);
    let clean = clean.args(package).env(TARGET, target);
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        clean.run()?;
        times.push(spend(&build)?.time);
    }
    times.sort();
    Ok(times[ROUNDS / 2])
}

fn actions(bench: &Bench, package: &Package) -> Result<usize> {
    let mut sources = Vec::new();
    collect(&bench.sh, &package.folder().join("src"), &mut sources)?;
    let counts = sources
        .iter()
        .map(|(_, code)| code.matches("\n#[action(").count());
    Ok(counts.sum())
}
