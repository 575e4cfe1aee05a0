//! Packages of npm, at one version.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use xshell::{Shell, cmd};

/// Returns the folder of a package, which has `parts`: one that is not in the folder of packages is
/// fetched from npm and unpacked, whole, as others may need other parts of it.
pub(crate) fn unpacked(
    sh: &Shell,
    packages: &Path,
    name: &str,
    version: &str,
    parts: &[&str],
) -> Result<PathBuf> {
    let file_stem = file_stem(name, version);
    let folder = packages.join(&file_stem);
    if parts.iter().all(|part| folder.join(part).exists()) {
        return Ok(folder);
    }
    let archive = packages.join(format!("{file_stem}.tgz"));
    if !archive.is_file() {
        let spec = format!("{name}@{version}");
        println!("downloading {spec} from npm");
        sh.create_dir(packages)?;
        cmd!(sh, "npm pack {spec} --silent --pack-destination {packages}")
            .read()
            .with_context(|| format!("{spec} comes through npm (Debian package `npm`)"))?;
    }
    // Renaming a finished folder into place keeps an interrupted run from looking complete.
    let unfinished = folder.with_added_extension("unfinished");
    sh.remove_path(&unfinished)?;
    sh.remove_path(&folder)?;
    sh.create_dir(&unfinished)?;
    cmd!(
        sh,
        "tar -xzf {archive} -C {unfinished} --strip-components=1"
    )
    .run()?;
    fs::rename(&unfinished, &folder)
        .with_context(|| format!("cannot move the package to {}", folder.display()))?;
    Ok(folder)
}

/// The name that `npm pack` gives the archive, without its extension.
pub(crate) fn file_stem(name: &str, version: &str) -> String {
    let name = name.trim_start_matches('@').replace('/', "-");
    format!("{name}-{version}")
}
