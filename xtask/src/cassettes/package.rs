//! The parts of an npm package that a plan needs.

use std::path::{Path, PathBuf};

use anyhow::Result;
use xshell::Shell;

use super::plan::Package;
use crate::npm;

/// A package on disk.
#[derive(Debug)]
pub(super) struct Unpacked {
    package: Package,
    folder: PathBuf,
    pub(super) license_text: String,
}

impl Unpacked {
    /// Gets the package from the folder of packages, and from npm only if it is not there.
    pub(super) fn at_version(sh: &Shell, package: &Package, packages: &Path) -> Result<Self> {
        let parts = [package.license_file.as_str(), &package.content];
        let folder = npm::unpacked(sh, packages, &package.name, &package.version, &parts)?;
        let license_text = sh.read_file(folder.join(&package.license_file))?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_archive_name_of_a_scoped_package() {
        let unpacked = Unpacked::for_test(Path::new("unused"));

        let Package { name, version, .. } = &unpacked.package;
        assert_eq!(npm::file_stem(name, version), "example-package-1.2.3");
        assert_eq!(unpacked.title(), "npm @example/package 1.2.3");
    }
}
