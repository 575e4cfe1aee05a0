//! A clone of the workspace, where edits meet nobody's work.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::command::run;
use crate::workspace::{Package, Workspace};

/// Variables that would make builds other than those of a person who just cloned.
const OF_THE_CALLER: [&str; 3] = [
    "CARGO_BUILD_JOBS",
    "CARGO_INCREMENTAL",
    "CARGO_PROFILE_DEV_DEBUG",
];

/// A clone of the last commit.
pub(super) struct Checkout {
    workspace: Workspace,
}

impl Checkout {
    pub(super) fn clone(root: &Path, folder: &Path) -> Result<Self> {
        let mut command = Command::new("git");
        command.args(["clone", "--quiet", "--local"]);
        run(command.arg(root).arg(folder))?;
        Ok(Self {
            workspace: Workspace::load_at(folder)?,
        })
    }

    pub(super) fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    /// Lets a command run here.
    pub(super) fn at<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command.current_dir(&self.workspace.root);
        for variable in OF_THE_CALLER {
            command.env_remove(variable);
        }
        command
    }

    /// An edit in a published crate.
    pub(super) fn edit(&self, name: &str) -> Result<Edit> {
        let package = self.workspace.published().find(|one| one.name == name);
        Edit::of(package.with_context(|| format!("no published crate is called {name}"))?)
    }
}

/// A change of one source file: of a function's body, and of the place of all that stands below the
/// first line.
pub(super) struct Edit {
    path: PathBuf,
    /// The path within the package.
    pub(super) file: String,
    before: String,
}

impl Edit {
    /// Takes the file with most actions, or else the longest.
    pub(super) fn of(package: &Package) -> Result<Self> {
        let mut sources = Vec::new();
        collect(&package.folder().join("src"), &mut sources)?;
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
    pub(super) fn make(&self, number: usize) -> Result<()> {
        let above = "//! Edited.\n".repeat(number + 1);
        let below = format!("\n#[allow(dead_code)]\nfn edited() -> usize {{\n    {number}\n}}\n");
        fs::write(&self.path, format!("{above}{}{below}", self.before))
            .with_context(|| format!("cannot write {}", self.path.display()))
    }
}

/// Collects source files but those of tests.
fn collect(folder: &Path, sources: &mut Vec<(PathBuf, String)>) -> Result<()> {
    let unreadable = || format!("cannot read {}", folder.display());
    for entry in fs::read_dir(folder).with_context(unreadable)? {
        let path = entry.with_context(unreadable)?.path();
        if path.file_stem().is_some_and(|name| name == "tests") {
            continue;
        }
        if path.is_dir() {
            collect(&path, sources)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let code = fs::read_to_string(&path)
                .with_context(|| format!("cannot read {}", path.display()))?;
            sources.push((path, code));
        }
    }
    Ok(())
}
