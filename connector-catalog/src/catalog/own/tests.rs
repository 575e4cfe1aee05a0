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
