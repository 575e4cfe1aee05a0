//! A second target directory that begins with what was built of other people's crates.

use std::fs;
use std::io;
use std::path::Path;

use anyhow::{Context as _, Result};

/// Where Cargo keeps what it built and what it knows of it.
const FOLDERS: [&str; 3] = [".fingerprint", "build", "deps"];

/// Part of the names of the workspace's own crates: Cargo writes into what it knows of these, so that
/// two directories can't share it.
const OWN: &str = "plugwright";

/// Links everything that was built of third parties in a target directory into another one, which is
/// made anew.
pub(super) fn third_parties(from: &Path, to: &Path) -> Result<()> {
    seed(from, to).with_context(|| format!("`{}` cannot be made", to.display()))
}

fn seed(from: &Path, to: &Path) -> io::Result<()> {
    match fs::remove_dir_all(to) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    for folder in FOLDERS {
        let folder = Path::new("debug").join(folder);
        link(&from.join(&folder), &to.join(&folder))?;
    }
    Ok(())
}

fn link(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    let entries = match fs::read_dir(from) {
        // Nothing was built yet.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name();
        if name.to_string_lossy().contains(OWN) {
            continue;
        }
        if entry.file_type()?.is_dir() {
            link(&entry.path(), &to.join(name))?;
        } else {
            fs::hard_link(entry.path(), to.join(name))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_what_is_not_ours() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("from"), folder.path().join("to"));
        for file in [
            "deps/libserde-1.rmeta",
            "build/ring-2/out/ring.a",
            "deps/libplugwright_sdk-3.rmeta",
        ] {
            let file = from.join("debug").join(file);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, "built").unwrap();
        }
        fs::create_dir_all(to.join("debug/old")).unwrap();

        third_parties(&from, &to).unwrap();

        let debug = to.join("debug");
        assert_eq!(
            fs::read(debug.join("deps/libserde-1.rmeta")).unwrap(),
            b"built"
        );
        assert!(debug.join("build/ring-2/out/ring.a").exists());
        assert!(!debug.join("deps/libplugwright_sdk-3.rmeta").exists());
        assert!(!debug.join("old").exists());
    }
}
