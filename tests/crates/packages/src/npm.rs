//! Packages of npm.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::place::{alone, copy};
use crate::process::run;

/// Installs the package of a folder below `scratch`, unless it is there, and returns where. The
/// folder has `package.json`, `package-lock.json` and scripts.
pub fn install(source: &Path, scratch: &Path) -> PathBuf {
    let name = source.file_name().expect("a folder with a name");
    let folder = scratch.join(name);
    fs::create_dir_all(&folder).expect("a folder for the package");
    let _lock = alone(&folder);
    let installed = folder.join("installed");
    let lock = fs::read_to_string(source.join("package-lock.json")).expect("the lock file");
    for entry in fs::read_dir(source).expect("the folder") {
        let file = entry.expect("an entry").path();
        if file
            .extension()
            .is_some_and(|kind| kind == "json" || kind == "mjs" || kind == "ts")
        {
            let name = file.file_name().expect("a name");
            copy(&file, &folder.join(name));
        }
    }
    if fs::read_to_string(&installed).is_ok_and(|other| other == lock) {
        return folder;
    }
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    // A client may ask for a newer Node.js than its REST calls need.
    let arguments = [
        "ci",
        "--no-audit",
        "--no-fund",
        "--ignore-scripts",
        "--engine-strict=false",
    ];
    run(Command::new(npm).args(arguments).current_dir(&folder));
    fs::write(installed, lock).expect("a note of what is installed");
    folder
}

/// Unpacks an npm package below `scratch`, unless it is there, and returns where. Nothing that it
/// depends on comes along, and none of it is run.
pub fn unpack(name: &str, version: &str, scratch: &Path) -> PathBuf {
    let stem = format!(
        "{}-{version}",
        name.trim_start_matches('@').replace('/', "-")
    );
    let folder = scratch.join("packages").join(&stem);
    fs::create_dir_all(scratch.join("packages")).expect("a folder for packages");
    let _lock = alone(&folder);
    if folder.exists() {
        return folder;
    }
    let unfinished = folder.with_extension("unfinished");
    // What an interrupted run left.
    if unfinished.exists() {
        fs::remove_dir_all(&unfinished).expect("an empty place");
    }
    fs::create_dir_all(&unfinished).expect("a folder for the package");
    let spec = format!("{name}@{version}");
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let arguments = ["pack", &spec, "--silent", "--ignore-scripts"];
    let archive = run(Command::new(npm).args(arguments).current_dir(&unfinished));
    let arguments = ["-xzf", archive.trim(), "--strip-components=1"];
    run(Command::new("tar").args(arguments).current_dir(&unfinished));
    fs::remove_file(unfinished.join(archive.trim())).expect("the archive");
    fs::rename(&unfinished, &folder).expect("the package in its place");
    folder
}
