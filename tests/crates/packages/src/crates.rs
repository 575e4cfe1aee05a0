//! Packages of crates.io, of which files are read.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::place::alone;
use crate::process::run;

/// Fetches a crate with Cargo, and returns where its files are. Nothing of it is built.
pub fn fetch(name: &str, version: &str, scratch: &Path) -> PathBuf {
    let folder = scratch.join("crates").join(format!("{name}-{version}"));
    fs::create_dir_all(&folder).expect("a folder for the crate");
    let _lock = alone(&folder);
    let manifest = format!(
        "[package]\nname = \"of-a-test\"\nedition = \"2024\"\n[lib]\npath = \"lib.rs\"\n[workspace]\n\
         [dependencies]\n{name} = {{ version = \"={version}\", default-features = false }}\n"
    );
    fs::write(folder.join("Cargo.toml"), manifest).expect("a manifest");
    fs::write(folder.join("lib.rs"), "").expect("a library");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let arguments = ["metadata", "--format-version", "1"];
    let metadata = run(Command::new(cargo).args(arguments).current_dir(&folder));
    let metadata: Value = serde_json::from_str(&metadata).expect("what Cargo knows");
    let mut packages = metadata["packages"].as_array().into_iter().flatten();
    let package = packages.find(|package| package["name"] == name);
    let manifest = package.and_then(|package| package["manifest_path"].as_str());
    let manifest = Path::new(manifest.expect("the crate"));
    manifest.parent().expect("a folder").to_owned()
}
