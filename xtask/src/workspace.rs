//! The workspace as `cargo metadata` describes it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde::Deserialize;
use serde_json::Value;

use crate::command::{cargo, output};

/// The members of this repository's workspace.
#[derive(Debug, Deserialize)]
pub(crate) struct Workspace {
    #[serde(rename = "workspace_root")]
    pub(crate) root: PathBuf,
    #[serde(rename = "target_directory")]
    pub(crate) target: PathBuf,
    pub(crate) packages: Vec<Package>,
}

/// A member of the workspace.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) manifest_path: PathBuf,
    /// The registries that it may go to; none named means any.
    publish: Option<Vec<String>>,
    /// What each feature turns on.
    pub(crate) features: BTreeMap<String, Vec<String>>,
    pub(crate) description: Option<String>,
    pub(crate) license: Option<String>,
    pub(crate) repository: Option<String>,
    pub(crate) readme: Option<PathBuf>,
    pub(crate) rust_version: Option<String>,
    pub(crate) keywords: Vec<String>,
    pub(crate) categories: Vec<String>,
    #[serde(default)]
    dependencies: Vec<Dependency>,
    /// `[package.metadata]`.
    pub(crate) metadata: Option<Value>,
}

/// What a member depends on.
#[derive(Debug, Clone, Deserialize)]
struct Dependency {
    name: String,
    /// `dev`, `build`, or none for an ordinary one.
    kind: Option<String>,
    /// The folder, if it is a member.
    path: Option<PathBuf>,
}

impl Workspace {
    /// Asks Cargo about the workspace of the current folder.
    pub(crate) fn load() -> Result<Self> {
        Self::load_at(Path::new("."))
    }

    /// Asks Cargo about the workspace of a folder.
    pub(crate) fn load_at(folder: &Path) -> Result<Self> {
        let mut command = cargo(["metadata", "--no-deps", "--format-version", "1"]);
        let json = output(command.current_dir(folder))?;
        serde_json::from_slice(&json).context("cannot read what `cargo metadata` printed")
    }

    /// The members that are meant for crates.io.
    pub(crate) fn published(&self) -> impl Iterator<Item = &Package> {
        self.packages
            .iter()
            .filter(|package| package.is_published())
    }

    /// The members that stay in this repository.
    pub(crate) fn unpublished(&self) -> impl Iterator<Item = &Package> {
        self.packages
            .iter()
            .filter(|package| !package.is_published())
    }
}

impl Package {
    /// The folder of the manifest.
    pub(crate) fn folder(&self) -> &Path {
        self.manifest_path.parent().unwrap_or(&self.manifest_path)
    }

    /// The members that must be on crates.io before it; what its tests alone need does not count.
    pub(crate) fn needs(&self) -> impl Iterator<Item = &str> {
        self.dependencies
            .iter()
            .filter(|dependency| dependency.path.is_some())
            .filter(|dependency| dependency.kind.as_deref() != Some("dev"))
            .map(|dependency| dependency.name.as_str())
    }

    /// Whether it is meant for crates.io.
    pub(crate) fn is_published(&self) -> bool {
        self.publish
            .as_ref()
            .is_none_or(|registries| !registries.is_empty())
    }
}
