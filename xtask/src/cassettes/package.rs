//! Fetches an npm package at a pinned version and unpacks what a plan needs of it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use xshell::{Shell, cmd};

use super::plan::Package;

/// A package on disk.
#[derive(Debug)]
pub(super) struct Unpacked {
    package: Package,
    folder: PathBuf,
    license_text: String,
}

impl Unpacked {
    /// Gets the package from the folder of packages, and from npm only if it is not there.
    pub(super) fn at_version(sh: &Shell, package: &Package, packages: &Path) -> Result<Self> {
        let file_stem = file_stem(package);
        let folder = packages.join(&file_stem);
        let license_file = folder.join(&package.license_file);
        if !license_file.is_file() || !folder.join(&package.content).exists() {
            let archive = packages.join(format!("{file_stem}.tgz"));
            if !archive.is_file() {
                download(sh, package, packages)?;
            }
            unpack(sh, package, &archive, &folder)?;
        }
        let license_text = sh.read_file(license_file)?;
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

fn download(sh: &Shell, package: &Package, packages: &Path) -> Result<()> {
    let spec = format!("{}@{}", package.name, package.version);
    println!("downloading {spec} from npm");
    sh.create_dir(packages)?;
    cmd!(sh, "npm pack {spec} --silent --pack-destination {packages}")
        .read()
        .with_context(|| format!("{spec} comes through npm (Debian package `npm`)"))?;
    Ok(())
}

fn unpack(sh: &Shell, package: &Package, archive: &Path, folder: &Path) -> Result<()> {
    // Renaming a finished folder into place keeps an interrupted run from looking complete.
    let unfinished = folder.with_added_extension("unfinished");
    sh.remove_path(&unfinished)?;
    sh.remove_path(folder)?;
    sh.create_dir(&unfinished)?;
    let parts = [&package.license_file, &package.content].map(|part| format!("package/{part}"));
    cmd!(
        sh,
        "tar -xzf {archive} -C {unfinished} --strip-components=1 {parts...}"
    )
    .run()?;
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
