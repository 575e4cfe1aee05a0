//! The packages as their users get them: unpacked, and depending on each other's packages.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};
use toml::{Table, Value};

use crate::command::{self, cargo};
use crate::order;
use crate::tool::CLIPPY;
use crate::workspace::{Package, Workspace};

/// Unpacks the packages that `cargo package` wrote, and checks each of them.
pub(super) fn check(workspace: &Workspace) -> Result<()> {
    let folder = workspace.target.join("unpacked");
    if folder.exists() {
        fs::remove_dir_all(&folder)
            .with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    for package in workspace.published() {
        let archive = format!("package/{}.crate", folder_name(package));
        unpack(&workspace.target.join(archive), &folder)?;
    }
    write_workspace(workspace, &folder)?;

    let manifest = folder.join("Cargo.toml");
    CLIPPY.provide()?;
    for package in order::of(workspace.published())? {
        // One by one: together, a crate could borrow a feature that another one turns on.
        let mut command = cargo(["clippy", "--no-deps", "--package", &package.name]);
        command
            .arg("--manifest-path")
            .arg(&manifest)
            .arg("--target-dir")
            .arg(&workspace.target);
        command::run(command.args(["--", "--deny", "warnings"]))?;
    }
    Ok(())
}

/// The folder that a package unpacks to.
fn folder_name(package: &Package) -> String {
    format!("{}-{}", package.name, package.version)
}

fn unpack(archive: &Path, folder: &Path) -> Result<()> {
    // All files of a package carry one old date, by which Cargo would take them for unchanged.
    let mut command = Command::new("tar");
    command.args(["--extract", "--gzip", "--touch", "--file"]);
    command.arg(archive).arg("--directory").arg(folder);
    command::run(&mut command).with_context(|| format!("cannot unpack {}", archive.display()))
}

/// Makes a workspace of the unpacked packages, with the profiles and the versions of dependencies
/// of this one, so that most of what is compiled already can be used again.
fn write_workspace(workspace: &Workspace, folder: &Path) -> Result<()> {
    let lock = workspace.root.join("Cargo.lock");
    fs::copy(&lock, folder.join("Cargo.lock"))
        .with_context(|| format!("cannot copy {}", lock.display()))?;

    let path = workspace.root.join("Cargo.toml");
    let text =
        fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let original: Table = text
        .parse()
        .with_context(|| format!("{} is not valid TOML", path.display()))?;
    let folders = workspace
        .published()
        .map(|package| (package.name.clone(), folder_name(package)));
    let manifest = folder.join("Cargo.toml");
    fs::write(&manifest, workspace_of(&original, folders).to_string())
        .with_context(|| format!("cannot write {}", manifest.display()))
}

/// A manifest for packages in folders beside it, each in the place of its namesake on crates.io.
fn workspace_of(original: &Table, folders: impl Iterator<Item = (String, String)>) -> Table {
    let mut members = Vec::new();
    let mut replaced = Table::new();
    for (name, folder) in folders {
        let path = Table::from_iter([("path".to_owned(), Value::String(folder.clone()))]);
        replaced.insert(name, Value::Table(path));
        members.push(Value::String(folder));
    }
    let mut workspace = Table::from_iter([("members".to_owned(), Value::Array(members))]);
    if let Some(resolver) = original
        .get("workspace")
        .and_then(|old| old.get("resolver"))
    {
        workspace.insert("resolver".to_owned(), resolver.clone());
    }
    let patch = Table::from_iter([("crates-io".to_owned(), Value::Table(replaced))]);
    let mut manifest = Table::from_iter([
        ("workspace".to_owned(), Value::Table(workspace)),
        ("patch".to_owned(), Value::Table(patch)),
    ]);
    if let Some(profiles) = original.get("profile") {
        manifest.insert("profile".to_owned(), profiles.clone());
    }
    manifest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn puts_each_package_in_the_place_of_its_namesake() {
        let original = "[workspace]\nresolver = \"3\"\nmembers = [\"sdk\", \"tests\"]\n\
                        [profile.dev]\ndebug = false\n";
        let folders = [("acme-sdk".to_owned(), "acme-sdk-0.1.0".to_owned())];

        let manifest = workspace_of(&original.parse().unwrap(), folders.into_iter());

        let expected: Table = "[workspace]\nmembers = [\"acme-sdk-0.1.0\"]\nresolver = \"3\"\n\
                               [patch.crates-io]\nacme-sdk = { path = \"acme-sdk-0.1.0\" }\n\
                               [profile.dev]\ndebug = false\n"
            .parse()
            .unwrap();
        assert_eq!(manifest, expected);
    }
}
