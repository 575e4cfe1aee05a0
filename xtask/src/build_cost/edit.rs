//! Edits of crates.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use xshell::Shell;

use crate::workspace::Package;

/// A change of one source file: of a function's body, and of the place of all that stands below the
/// first line.
pub(super) struct Edit {
    path: PathBuf,
    pub(super) file: String,
    before: String,
}

impl Edit {
    /// Takes the file with most actions, or else the longest.
    pub(super) fn of(sh: &Shell, package: &Package) -> Result<Self> {
        let mut sources = Vec::new();
        collect(sh, &package.folder().join("src"), &mut sources)?;
        let Some((path, before)) = sources
            .into_iter()
            .max_by_key(|(_, code)| (code.matches("\n#[action(").count(), code.len()))
        else {
            bail!("{} has no source files", package.name);
        };
        let file = path.strip_prefix(package.folder()).unwrap_or(&path);
        Ok(Self {
            file: file.display().to_string(),
            path,
            before,
        })
    }

    /// Writes the file, another one with each number.
    pub(super) fn make(&self, sh: &Shell, number: usize) -> Result<()> {
        let above = "//! Edited.\n".repeat(number + 1);
        let below = format!("\n#[allow(dead_code)]\nfn edited() -> usize {{\n    {number}\n}}\n");
        Ok(sh.write_file(&self.path, format!("{above}{}{below}", self.before))?)
    }
}

/// Collects source files but those of tests.
pub(super) fn collect(
    sh: &Shell,
    folder: &Path,
    sources: &mut Vec<(PathBuf, String)>,
) -> Result<()> {
    for path in sh.read_dir(folder)? {
        if path.file_stem().is_some_and(|name| name == "tests") {
            continue;
        }
        if path.is_dir() {
            collect(sh, &path, sources)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let code = sh.read_file(&path)?;
            sources.push((path, code));
        }
    }
    Ok(())
}
