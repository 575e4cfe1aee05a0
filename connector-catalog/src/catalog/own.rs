//! Checks that no other user can change a catalog, which says where credentials are sent.

use std::path::Path;

use super::CatalogError;

/// Checks the directories of a catalog and all files in them.
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
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{PermissionsExt as _, chown, symlink};

    use super::*;

    fn mode(path: &Path, mode: u32) {
        fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn a_catalog_that_others_could_have_made_is_not_read() {
        let data = tempfile::tempdir().unwrap();
        let folder = data.path().join("catalog");
        let files = [
            folder.join("1.pack"),
            folder.join("index").join("meta.json"),
        ];
        fs::create_dir_all(folder.join("index")).unwrap();
        for file in &files {
            fs::write(file, "").unwrap();
        }
        mode(data.path(), 0o755);
        mode(&folder, 0o755);
        check(&folder).unwrap();
        for path in [&folder, &files[0], &files[1]] {
            let before = fs::metadata(path).unwrap().permissions();
            mode(path, 0o777);
            let error = check(&folder).unwrap_err().to_string();
            assert!(
                error.contains("written by other users (mode 777)"),
                "{error}"
            );
            // Nobody gets there.
            mode(data.path(), 0o700);
            check(&folder).unwrap();
            if rustix::process::geteuid().is_root() {
                chown(path, Some(65_534), None).unwrap();
                let error = check(&folder).unwrap_err().to_string();
                assert!(error.contains("belongs to another user"), "{error}");
                chown(path, Some(0), None).unwrap();
            }
            mode(data.path(), 0o755);
            fs::set_permissions(path, before).unwrap();
        }
        check(&folder).unwrap();
        let elsewhere = data.path().join("elsewhere");
        for path in [&files[0], &folder] {
            fs::rename(path, &elsewhere).unwrap();
            symlink(&elsewhere, path).unwrap();
            let error = check(&folder).unwrap_err().to_string();
            assert!(error.contains("is a symbolic link"), "{error}");
            fs::remove_file(path).unwrap();
            fs::rename(&elsewhere, path).unwrap();
        }
    }
}
