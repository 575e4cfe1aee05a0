//! Packages of PyPI, which tests run.

use std::path::{Path, PathBuf};

/// Installs the packages that a folder of the suite names in `requirements.txt` into an environment of
/// their own below `scratch`, unless they are there, and returns the environment's Python.
pub fn install(name: &str, scratch: &str) -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite");
    plugwright_tests_packages::python::install(&tests.join(name), Path::new(scratch))
}
