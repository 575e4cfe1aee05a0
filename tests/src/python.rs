//! Packages from PyPI, which tests run.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::npm::{alone, run};

/// Installs the packages that a folder of the suite names in `requirements.txt` into an
/// environment of their own below `scratch`, unless they are there, and returns the environment's
/// Python.
///
/// # Panics
///
/// If they can't be installed.
pub fn install(name: &str, scratch: &str) -> PathBuf {
    let requirements = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/suite")
        .join(name)
        .join("requirements.txt");
    let folder = Path::new(scratch).join(format!("{name}_python"));
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
