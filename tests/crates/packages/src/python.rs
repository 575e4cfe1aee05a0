//! Packages of PyPI.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::place::alone;
use crate::process::run;

/// Installs the packages that a folder names in `requirements.txt` into an environment of their own below
/// `scratch`, unless they are there, and returns the environment's Python.
///
/// # Panics
///
/// If they can't be installed.
pub fn install(source: &Path, scratch: &Path) -> PathBuf {
    let requirements = source.join("requirements.txt");
    let name = source.file_name().expect("a folder with a name");
    let folder = scratch.join(format!("{}_python", name.display()));
    let python = if cfg!(windows) {
        folder.join("Scripts").join("python.exe")
    } else {
        folder.join("bin").join("python")
    };
    let _lock = alone(&folder);
    let installed = folder.join("installed");
    let wanted = fs::read_to_string(&requirements).expect("the list of packages");
    if fs::read_to_string(&installed).is_ok_and(|other| other == wanted) {
        return python;
    }
    let system = if cfg!(windows) { "python" } else { "python3" };
    run(Command::new(system)
        .args(["-m", "venv", "--clear"])
        .arg(&folder));
    // Nothing is built here, and nothing comes that the list does not name.
    run(Command::new(&python)
        .args(["-m", "pip", "install", "--quiet", "--no-deps"])
        .args([
            "--only-binary",
            ":all:",
            "--disable-pip-version-check",
            "--requirement",
        ])
        .arg(&requirements));
    fs::write(installed, wanted).expect("a note of what is installed");
    python
}
