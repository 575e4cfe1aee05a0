//! Step `package`: what would go to crates.io is complete, and builds by itself.

mod manifest;
mod unpacked;

use std::env;

use anyhow::{Context as _, Result, bail};

use crate::command::{self, cargo};
use crate::workspace::Workspace;

pub(super) fn run(workspace: &Workspace) -> Result<()> {
    check_manifests(workspace)?;
    package(workspace)?;
    unpacked::check(workspace)
}

fn check_manifests(workspace: &Workspace) -> Result<()> {
    let mut faults = Vec::new();
    for package in &workspace.packages {
        let of_package = manifest::faults(package)
            .with_context(|| format!("cannot check {}", package.manifest_path.display()))?;
        let manifest = package
            .manifest_path
            .strip_prefix(&workspace.root)
            .unwrap_or(&package.manifest_path);
        faults.extend(
            of_package
                .iter()
                .map(|fault| format!("{}: {fault}", manifest.display())),
        );
    }
    if !faults.is_empty() {
        bail!(
            "some manifests are not complete:\n  {}",
            faults.join("\n  ")
        );
    }
    Ok(())
}

fn package(workspace: &Workspace) -> Result<()> {
    // Cargo's own verification takes what it unpacked and compiled for the same version before,
    // however old that is, so it can fail or pass for yesterday's code.
    let mut command = cargo(["package", "--workspace", "--locked", "--no-verify"]);
    for package in workspace.unpublished() {
        command.args(["--exclude", &package.name]);
    }
    // Whoever works on a change has it uncommitted; a machine that tests a commit must not.
    if env::var_os("CI").is_none() {
        command.arg("--allow-dirty");
    }
    command::run(&mut command)
}
