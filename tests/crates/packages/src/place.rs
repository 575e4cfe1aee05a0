//! Where packages are installed.

use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// Returns the directory for what tests keep between runs, for tests that Cargo does not tell it
/// (`CARGO_TARGET_TMPDIR` is for integration tests alone).
pub fn scratch() -> PathBuf {
    let program = env::current_exe().expect("the test's program");
    // target/PROFILE/deps/PROGRAM
    let target = program.ancestors().nth(3).expect("a target directory");
    target.join("tmp")
}

/// Waits until no other process installs something into a folder; none does for as long as the file
/// is open.
pub fn alone(folder: &Path) -> File {
    let lock = File::create(folder.with_extension("lock")).expect("a lock file");
    lock.lock().expect("a lock");
    lock
}

/// Copies a file to `scratch`, where the packages that are installed there find it beside their folders.
pub fn share(file: &Path, scratch: &Path) {
    fs::create_dir_all(scratch).expect("a folder for packages");
    let _lock = alone(scratch);
    let name = file.file_name().expect("a file with a name");
    copy(file, &scratch.join(name));
}

/// Brings a file up to date. Another test may be reading it, which never sees half of it.
pub(crate) fn copy(from: &Path, to: &Path) {
    let new = fs::read(from).expect("a file of the package");
    if fs::read(to).is_ok_and(|old| old == new) {
        return;
    }
    let whole = to.with_extension("new");
    fs::write(&whole, new).expect("a copy");
    fs::rename(whole, to).expect("a copy in its place");
}
