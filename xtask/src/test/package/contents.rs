//! Whether packages have all that their crates are built from.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::findings;
use crate::workspace::Workspace;

/// Names each file that a library reads when it is compiled and that its package lacks. What is compiled
/// already says which files it has read.
pub(super) fn check(workspace: &Workspace, unpacked: &Path) -> Result<()> {
    let libraries = libraries(&workspace.target.join("debug/deps"))?;
    let mut faults = Vec::new();
    for package in workspace.published() {
        let library = package.name.replace('-', "_");
        let mut read = libraries
            .iter()
            .filter(|(name, _)| *name == library)
            .peekable();
        if read.peek().is_none() {
            bail!(
                "{} is not built: `cargo xtask test --only lint` builds it",
                package.name
            );
        }
        let files: BTreeSet<_> = read.flat_map(|(_, files)| files).collect();
        let packed = unpacked.join(format!("{}-{}", package.name, package.version));
        for file in files {
            let path = workspace.root.join(file);
            // A build before may have read what is gone by now, build scripts write beside the libraries, and
            // Clippy looks for its settings in the workspace's manifest.
            if !path.exists()
                || path.starts_with(&workspace.target)
                || path == workspace.root.join("Cargo.toml")
            {
                continue;
            }
            let is_packed = path
                .strip_prefix(package.folder())
                .is_ok_and(|path| packed.join(path).exists());
            if !is_packed {
                faults.push(format!("{}: {}", package.name, file.display()));
            }
        }
    }
    findings::none(
        &faults,
        "some packages lack files that their crates are built from:",
    )
}

/// The libraries of a folder, each with the files that it was compiled from, relative to the workspace where
/// they are in it. There is more than one of a name where a crate was built with other features.
fn libraries(folder: &Path) -> Result<Vec<(String, Vec<PathBuf>)>> {
    let entries = fs::read_dir(folder)
        .with_context(|| format!("nothing is built in {}", folder.display()))?;
    let mut libraries = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "d") {
            let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
            libraries.extend(library(&text));
        }
    }
    Ok(libraries)
}

/// Reads what the compiler wrote of a library, in the syntax of Make; none of tests and programs.
fn library(text: &str) -> Option<(String, Vec<PathBuf>)> {
    let (made, files) = text.lines().find_map(|line| {
        let (made, files) = line.split_once(": ")?;
        let name = Path::new(made).file_name()?.to_str()?;
        let stem = name.strip_prefix("lib")?;
        let stem = stem
            .strip_suffix(".rlib")
            .or_else(|| stem.strip_suffix(".so"))?;
        Some((stem.rsplit_once('-')?.0.to_owned(), files))
    })?;
    // A space within a name is written with a backslash.
    let files = files.replace("\\ ", "\0");
    let files = files
        .split_ascii_whitespace()
        .map(|file| PathBuf::from(file.replace('\0', " ")));
    Some((made, files.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_files_of_a_library() {
        let text = "deps/acme-1f.d: src/lib.rs\n\n\
                    deps/libacme_sdk-1f.rlib: src/lib.rs src/my\\ file.json README.md\n\n\
                    src/lib.rs:\n";

        let files = ["src/lib.rs", "src/my file.json", "README.md"].map(PathBuf::from);
        assert_eq!(library(text), Some(("acme_sdk".to_owned(), files.to_vec())));
    }

    #[test]
    fn passes_over_tests_and_programs() {
        assert_eq!(library("deps/acme_sdk-1f: src/lib.rs\n"), None);
        assert_eq!(library("deps/acme_sdk-1f.d: src/lib.rs\n"), None);
    }
}
