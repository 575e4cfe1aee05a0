//! The packages as their users get them: unpacked, and depending on each other's packages.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use toml::{Table, Value};
use xshell::{Shell, cmd};

use crate::workspace::{Package, Workspace};

/// Unpacks the packages that `cargo package` wrote; returns the folder of a workspace of them, with
/// the profiles and the versions of dependencies of this one, so that most of what is compiled
/// already can be used again.
pub(super) fn unpack(sh: &Shell, workspace: &Workspace) -> Result<PathBuf> {
    let folder = workspace.target.join("unpacked");
    sh.remove_path(&folder)?;
    sh.create_dir(&folder)?;
    for package in workspace.published() {
        let archive = workspace
            .target
            .join(format!("package/{}.crate", folder_name(package)));
        // All files of a package carry one old date, by which Cargo would take them for unchanged.
        cmd!(
            sh,
            "tar --extract --gzip --touch --file {archive} --directory {folder}"
        )
        .run()?;
    }
    sh.copy_file("Cargo.lock", &folder)?;
    let original = sh
        .read_file("Cargo.toml")?
        .parse()
        .context("Cargo.toml is not valid TOML")?;
    let folders = workspace
        .published()
        .map(|package| (package.name.clone(), folder_name(package)));
    let manifest = workspace_of(&original, folders).to_string();
    sh.write_file(folder.join("Cargo.toml"), manifest)?;
    Ok(folder)
}

/// The folder that a package unpacks to.
fn folder_name(package: &Package) -> String {
    format!("{}-{}", package.name, package.version)
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
