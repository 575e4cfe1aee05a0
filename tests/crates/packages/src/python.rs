//! Packages of PyPI.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::place::alone;
use crate::process::run;

const SYSTEM: &str = if cfg!(windows) { "python" } else { "python3" };

/// What installs packages: pip takes forty times its processor time.
const UV: &str = "uv==0.13.9";

/// Installs the packages that a folder names in `requirements.txt` into an environment of their own below
/// `scratch`, unless they are there, and returns the environment's Python.
pub fn install(source: &Path, scratch: &Path) -> PathBuf {
    let requirements = source.join("requirements.txt");
    let name = source.file_name().expect("a folder with a name");
    let folder = scratch.join(format!("{}_python", name.display()));
    let python = program(&folder, "python");
    let _lock = alone(&folder);
    let installed = folder.join("installed");
    let wanted = fs::read_to_string(&requirements).expect("the list of packages");
    if fs::read_to_string(&installed).is_ok_and(|other| other == wanted) {
        return python;
    }
    let uv = uv(scratch);
    let uv = |arguments: &[&str]| {
        let mut command = Command::new(&uv);
        command.args(arguments).args(["--quiet", "--no-config"]);
        command.env("UV_PYTHON_DOWNLOADS", "never");
        command
    };
    run(uv(&["venv", "--clear", "--python", SYSTEM]).arg(&folder));
    // Nothing is built here, and nothing comes that the list does not name.
    run(
        uv(&["pip", "install", "--no-deps", "--only-binary", ":all:"])
            .arg("--python")
            .arg(&python)
            .arg("--requirement")
            .arg(&requirements),
    );
    fs::write(installed, wanted).expect("a note of what is installed");
    python
}

/// Returns uv, from an environment of its own.
fn uv(scratch: &Path) -> PathBuf {
    let folder = scratch.join("uv");
    let _lock = alone(&folder);
    let installed = folder.join("installed");
    if fs::read_to_string(&installed).is_ok_and(|other| other == UV) {
        return program(&folder, "uv");
    }
    run(Command::new(SYSTEM)
        .args(["-m", "venv", "--clear"])
        .arg(&folder));
    run(Command::new(program(&folder, "python"))
        .args(["-m", "pip", "install", "--quiet", "--no-deps"])
        .args(["--only-binary", ":all:", "--disable-pip-version-check", UV]));
    fs::write(installed, UV).expect("a note of what is installed");
    program(&folder, "uv")
}

fn program(environment: &Path, name: &str) -> PathBuf {
    if cfg!(windows) {
        environment.join("Scripts").join(format!("{name}.exe"))
    } else {
        environment.join("bin").join(name)
    }
}
