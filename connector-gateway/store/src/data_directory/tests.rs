use std::os::unix::fs::PermissionsExt;

use super::*;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn open_up(path: &Path) {
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn is_made_for_its_owner_alone() {
    let parent = tempfile::tempdir().unwrap();
    let data = DataDirectory::open(parent.path().join("a/b")).unwrap();
    assert_eq!(mode(data.path()), 0o700);
    assert_eq!(mode(&data.path().join("lock")), 0o600);
    assert_eq!(data.database(), parent.path().join("a/b/plugwright.db"));
}

#[test]
fn a_second_user_is_refused_until_the_first_is_gone() {
    let parent = tempfile::tempdir().unwrap();
    let path = parent.path().join("data");
    let first = DataDirectory::open(&path).unwrap();
    let error = DataDirectory::open(&path).unwrap_err();
    assert!(matches!(error, DataDirectoryError::InUse(_)), "{error:?}");
    assert!(error.to_string().contains("in use by another process"));
    drop(first);
    DataDirectory::open(&path).unwrap();
}

#[test]
fn a_directory_of_ours_is_closed_and_a_shared_one_refused() {
    let parent = tempfile::tempdir().unwrap();
    let path = parent.path().join("data");
    drop(DataDirectory::open(&path).unwrap());
    open_up(&path);
    drop(DataDirectory::open(&path).unwrap());
    assert_eq!(mode(&path), 0o700);
    fs::write(path.join("plugwright.db"), "").unwrap();
    fs::write(path.join("notes.txt"), "").unwrap();
    open_up(&path);
    drop(DataDirectory::open(&path).unwrap());
    assert_eq!(mode(&path), 0o700);

    let shared = parent.path().join("shared");
    fs::create_dir(&shared).unwrap();
    fs::write(shared.join("letter.txt"), "hello").unwrap();
    fs::write(shared.join("lock"), "").unwrap();
    open_up(&shared);
    let error = DataDirectory::open(&shared).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "the data directory `{0}` is open to other users (mode 755); run `chmod 700 {0}`",
            shared.display()
        )
    );
    assert_eq!(mode(&shared), 0o755);
}

#[test]
fn a_file_is_no_directory() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let error = DataDirectory::open(file.path()).unwrap_err();
    assert!(error.to_string().ends_with("is not a directory"), "{error}");
    let error = DataDirectory::open(file.path().join("below")).unwrap_err();
    assert!(
        matches!(error, DataDirectoryError::Unusable { .. }),
        "{error:?}"
    );
}

#[test]
fn a_directory_that_another_user_could_exchange_is_refused() {
    let parent = tempfile::tempdir().unwrap();
    let path = parent.path().join("data");
    drop(DataDirectory::open(&path).unwrap());
    let refusal = |path: &Path| {
        let error = DataDirectory::open(path).unwrap_err();
        assert!(
            matches!(error, DataDirectoryError::Untrusted { .. }),
            "{error:?}"
        );
        error.to_string()
    };
    let link = parent.path().join("link");
    std::os::unix::fs::symlink(&path, &link).unwrap();
    assert!(refusal(&link).contains("symbolic link"));
    let everyones = fs::Permissions::from_mode(0o777);
    fs::set_permissions(parent.path(), everyones).unwrap();
    assert!(refusal(&path).contains("chmod o-w"));
    let as_tmp = fs::Permissions::from_mode(0o1777);
    fs::set_permissions(parent.path(), as_tmp).unwrap();
    drop(DataDirectory::open(&path).unwrap());
    if rustix::process::geteuid().is_root() {
        std::os::unix::fs::chown(&path, Some(12345), None).unwrap();
        assert!(refusal(&path).contains("uid 12345"));
    }
}

#[test]
fn a_planted_lock_is_not_followed() {
    let parent = tempfile::tempdir().unwrap();
    let path = parent.path().join("data");
    create(&path).unwrap();
    let victim = parent.path().join("victim");
    std::os::unix::fs::symlink(&victim, path.join(LOCK)).unwrap();
    let error = DataDirectory::open(&path).unwrap_err();
    assert!(error.to_string().contains("symbolic link"), "{error}");
    assert!(!victim.exists());
}
