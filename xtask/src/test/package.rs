//! Steps `package` and `alone`: what would go to crates.io is complete, and builds by itself.

mod contents;
mod group;
mod seed;
mod selection;
mod unpacked;

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use anyhow::{Context as _, Result, bail};
use xshell::{Shell, cmd};

use super::manifest;
use crate::findings;
use crate::workspace::{Package, Workspace};

/// Looks at manifests and packages.
pub(super) fn run(sh: &Shell, workspace: &Workspace) -> Result<()> {
    check_manifests(workspace)?;
    let folder = unpacked(sh, workspace)?;
    contents::check(workspace, &folder)
}

/// Builds each package by itself.
pub(super) fn alone(sh: &Shell, workspace: &Workspace) -> Result<()> {
    let folder = unpacked(sh, workspace)?;
    let turned_on = selection::turned_on_by_others(workspace.published());
    // The crates depend on one another, so that one build keeps one processor busy. The command line
    // has as many features as all others together.
    let (beside, others): (Vec<_>, Vec<_>) = workspace
        .published()
        .partition(|package| BESIDE.contains(&&*package.name));
    let target = &workspace.target;
    let second = target.join("second");
    seed::third_parties(target, &second)?;
    thread::scope(|scope| {
        let beside = scope.spawn(|| build(&folder, &second, &beside, &turned_on));
        build(&folder, target, &others, &turned_on)?;
        let beside = beside.join();
        beside.unwrap_or_else(|_| bail!("the check of {} panicked", BESIDE.join(" and ")))
    })
}

/// Packages all that is published, and unpacks it.
fn unpacked(sh: &Shell, workspace: &Workspace) -> Result<PathBuf> {
    // Whoever works on a change has it uncommitted; a machine that tests a commit must not.
    let dirty = env::var_os("CI").is_none().then_some("--allow-dirty");
    let packages = workspace
        .published()
        .flat_map(|one| ["--package", &one.name]);
    // Cargo's own verification takes what it unpacked and compiled for the same version before,
    // however old that is, so it can fail or pass for yesterday's code. The versions of dependencies
    // are those of the workspace.
    cmd!(
        sh,
        "cargo package --locked --no-verify --exclude-lockfile {dirty...} {packages...}"
    )
    .run()?;
    unpacked::unpack(sh, workspace)
}

/// The packages that are checked beside the others: about as much work.
const BESIDE: [&str; 3] = ["plugwright", "plugwright-generate", "plugwright-import"];

/// Builds packages in a folder, each with every selection of its features.
fn build(
    folder: &Path,
    target: &Path,
    packages: &[&Package],
    turned_on: &BTreeSet<String>,
) -> Result<()> {
    let sh = Shell::new()?;
    sh.change_dir(folder);
    for group in group::of(packages) {
        let mut code = String::new();
        for package in &group {
            code += &self::code(&package.folder().join("src"))?;
        }
        let is_named = |feature: &str| code.contains(&format!("feature = \"{feature}\""));
        // Only a package that is alone has features.
        let is_built_elsewhere =
            |feature: &str| turned_on.contains(&format!("{}/{feature}", group[0].name));
        let selections = selection::each(&group[0].features, is_named, is_built_elsewhere);
        let names: Vec<_> = group
            .iter()
            .flat_map(|package| ["--package", &package.name])
            .collect();
        for features in selections {
            // What a crate depends on is linted by itself; Clippy can refuse the warnings of these
            // crates without building their dependencies again.
            let names = names.iter();
            cmd!(sh, "cargo clippy --no-deps --target-dir {target} {names...} {features...} -- --deny warnings").run()?;
        }
    }
    Ok(())
}

/// All Rust code of a folder and those below it.
fn code(folder: &Path) -> Result<String> {
    let mut code = String::new();
    let entries = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            code += &self::code(&path)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            code += &fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        }
    }
    Ok(code)
}

fn check_manifests(workspace: &Workspace) -> Result<()> {
    let mut faults = Vec::new();
    for package in &workspace.packages {
        let path = &package.manifest_path;
        let of_package = manifest::faults(package)
            .with_context(|| format!("cannot check {}", path.display()))?;
        let path = path.strip_prefix(&workspace.root).unwrap_or(path);
        let named = of_package
            .iter()
            .map(|fault| format!("{}: {fault}", path.display()));
        faults.extend(named);
    }
    findings::none(&faults, "some manifests are not complete:")
}
