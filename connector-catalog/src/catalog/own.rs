//! Checks that no other user can change a catalog, which says where credentials are sent.

use std::path::Path;

use super::CatalogError;

#[cfg(unix)]
pub(crate) fn check(folder: &Path) -> Result<(), CatalogError> {
    use std::fs;
    use std::io::ErrorKind;
    use std::os::unix::fs::MetadataExt as _;

    let own = rustix::process::geteuid().as_raw();
    let is_trusted = |owner: u32| owner == own || owner == 0;
    // Nobody else enters a closed data directory, whatever the modes in it are.
    let around = folder.parent().and_then(|around| fs::metadata(around).ok());
    let is_open = |mode: u32| mode & 0o077 != 0;
    let is_closed = around.is_some_and(|it| is_trusted(it.uid()) && !is_open(it.mode()));
    let problem = |about: &fs::Metadata| {
        let (owner, mode) = (about.uid(), about.mode() & 0o777);
        if about.is_symlink() {
            return Some("is a symbolic link; put what it leads to in its place".to_owned());
        }
        if !is_trusted(owner) {
            return Some(format!(
                "belongs to another user (uid {owner}, this process has {own}); remove the catalog \
                 and import the documents again"
            ));
        }
        (!is_closed && mode & 0o022 != 0).then(|| {
            format!(
                "can be written by other users (mode {mode:03o}); remove the catalog and import the \
                 documents again"
            )
        })
    };
    let check = |path: &Path| match fs::symlink_metadata(path) {
        Ok(about) => match problem(&about) {
            Some(problem) => Err(CatalogError::Untrusted {
                path: path.to_owned(),
                problem,
            }),
            None => Ok(()),
        },
        // An import removes the files of the catalog before the last.
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(CatalogError::io(path)(error)),
    };
    for folder in [folder, &super::index(folder)] {
        check(folder)?;
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            Err(error) => return Err(CatalogError::io(folder)(error)),
        };
        for entry in entries {
            check(&entry.map_err(CatalogError::io(folder))?.path())?;
        }
    }
    Ok(())
}

#[cfg(not(unix))]
pub(crate) fn check(_folder: &Path) -> Result<(), CatalogError> {
    Ok(())
}

#[cfg(all(test, unix))]
mod tests;
