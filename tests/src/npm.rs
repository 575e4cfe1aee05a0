//! npm packages of vendors, which tests run.

use std::path::{Path, PathBuf};

pub use plugwright_tests_packages::run;

/// Installs the package of a folder of the suite below `scratch`, unless it is there, and
/// returns where. The folder has `package.json`, `package-lock.json` and scripts.
pub fn install(name: &str, scratch: &str) -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite");
    plugwright_tests_packages::npm::install(&tests.join(name), Path::new(scratch))
}
