use std::os::unix::fs::{PermissionsExt, chown, symlink};

use super::*;

/// Each way to open one of our files.
fn refusals(path: &Path) -> Vec<String> {
    [
        create_private(path).map(drop),
        read_private(path).map(drop),
        check_database(path),
    ]
    .map(|done| done.unwrap_err().to_string())
    .into()
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_file_that_is_not_ours_alone_is_refused_and_named() {
    let place = tempfile::tempdir().unwrap();
    let file = |name: &str| {
        let path = place.path().join(name);
        fs::write(&path, "planted").unwrap();
        set_mode(&path, 0o600);
        path
    };
    let mut cases = Vec::new();

    let link = place.path().join("link");
    symlink(file("target"), &link).unwrap();
    cases.push((link, "is a symbolic link"));
    let dangling = place.path().join("dangling");
    symlink(place.path().join("nothing"), &dangling).unwrap();
    cases.push((dangling, "is a symbolic link"));
    let hard = place.path().join("hard");
    fs::hard_link(file("other"), &hard).unwrap();
    cases.push((hard, "2 hard links"));
    let open = file("open");
    set_mode(&open, 0o666);
    cases.push((open, "chmod 600"));
    let group = file("group");
    set_mode(&group, 0o660);
    cases.push((group, "chmod 600"));
    if rustix::process::geteuid().is_root() {
        let foreign = file("foreign");
        chown(&foreign, Some(12345), None).unwrap();
        cases.push((foreign, "uid 12345"));
    }
    for (path, problem) in cases {
        for message in refusals(&path) {
            let name = format!("`{}`", path.display());
            assert!(message.contains(problem), "{message}");
            assert!(message.starts_with(&name), "{message}");
        }
    }
    assert!(!place.path().join("nothing").exists());
    let socket = place.path().join("socket");
    let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    assert!(create_private(&socket).is_err());
}

#[test]
fn what_sqlite_opens_by_itself_is_looked_at_too() {
    for companion in ["-wal", "-shm", "-journal"] {
        let place = tempfile::tempdir().unwrap();
        let database = place.path().join("plugwright.db");
        check_database(&database).unwrap();
        let planted = beside(&database, companion);
        symlink(place.path().join("elsewhere"), &planted).unwrap();
        let error = check_database(&database).unwrap_err();
        assert!(error.to_string().contains(companion), "{error}");
    }
}

#[test]
fn a_replaced_file_is_new_and_for_its_owner_alone() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("vault.key");
    let victim = place.path().join("victim");
    fs::write(&victim, "precious").unwrap();
    symlink(&victim, place.path().join("vault.key.new")).unwrap();
    replace_private(&path, b"key").unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "key");
    assert_eq!(fs::read_to_string(&victim).unwrap(), "precious");
    let mode = fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_text_with_secrets_is_read_by_its_owner_alone() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("profiles.toml");
    assert!(read_own(&path).unwrap().is_none());
    fs::write(&path, "hunter2").unwrap();
    for mode in [0o644, 0o640, 0o620, 0o604] {
        set_mode(&path, mode);
        let error = read_own(&path).unwrap_err().to_string();
        assert!(
            error.contains("chmod 600") && !error.contains("hunter2"),
            "{error}"
        );
    }
    set_mode(&path, 0o600);
    assert_eq!(read_own(&path).unwrap().unwrap().as_str(), "hunter2");
    let link = place.path().join("link");
    symlink(&path, &link).unwrap();
    assert!(read_own(&link).is_err());
}

#[test]
fn what_an_operator_names_must_not_be_everyones() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("secret");
    fs::write(&path, "hunter2\n").unwrap();
    set_mode(&path, 0o444);
    let link = place.path().join("link");
    symlink(&path, &link).unwrap();
    assert_eq!(read_trusted(&link).unwrap().as_str(), "hunter2\n");
    let refusal = |path: &Path| read_trusted(path).unwrap_err().to_string();
    set_mode(&path, 0o666);
    assert!(refusal(&path).contains("chmod o-w"), "{}", refusal(&path));
    set_mode(&path, 0o640);
    read_trusted(&path).unwrap();
    // As Kubernetes mounts them: links in a directory with the sticky bit.
    set_mode(place.path(), 0o1777);
    read_trusted(&link).unwrap();
    set_mode(place.path(), 0o777);
    assert!(
        refusal(&link).contains("any user can replace it"),
        "{}",
        refusal(&link)
    );
    set_mode(place.path(), 0o700);
    if rustix::process::geteuid().is_root() {
        let planted = place.path().join("planted");
        symlink(&path, &planted).unwrap();
        std::os::unix::fs::lchown(&planted, Some(12345), None).unwrap();
        assert!(
            refusal(&planted).contains("uid 12345"),
            "{}",
            refusal(&planted)
        );
        let foreign = place.path().join("foreign");
        fs::write(&foreign, "planted").unwrap();
        chown(&foreign, Some(12345), None).unwrap();
        set_mode(&foreign, 0o644);
        assert!(
            refusal(&foreign).contains("uid 12345"),
            "{}",
            refusal(&foreign)
        );
    }
    fs::write(&path, "x".repeat(65 << 10)).unwrap();
    set_mode(&path, 0o600);
    let error = read_trusted(&path).unwrap_err();
    assert!(error.to_string().contains("longer"), "{error}");
}

#[test]
fn a_pipe_is_waited_for_until_somebody_writes_it_but_not_forever() {
    use rustix::fs::{CWD, FileType, Mode, mknodat};

    let place = tempfile::tempdir().unwrap();
    let pipe = |name: &str| {
        let path = place.path().join(name);
        mknodat(CWD, &path, FileType::Fifo, Mode::from_raw_mode(0o600), 0).unwrap();
        path
    };
    let writer = |path: &Path, text: &'static str| {
        let path = path.to_owned();
        std::thread::spawn(move || {
            let pause = || std::thread::sleep(Duration::from_millis(50));
            pause();
            let mut file = OpenOptions::new().write(true).open(path).unwrap();
            pause();
            file.write_all(text.as_bytes()).unwrap();
        })
    };
    let path = pipe("late");
    let error = create_private(&path).unwrap_err();
    assert!(
        error.to_string().contains("is not a regular file"),
        "{error}"
    );
    let late = writer(&path, "hunter2");
    assert_eq!(read_trusted(&path).unwrap().as_str(), "hunter2");
    late.join().unwrap();

    let path = pipe("empty");
    let empty = writer(&path, "");
    let error = read_trusted_bytes(&path).unwrap_err();
    assert!(error.to_string().contains("nothing was written"), "{error}");
    empty.join().unwrap();

    let error = open_readable(&pipe("unwritten"), Duration::from_millis(20)).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    fs::write(place.path().join("file"), "").unwrap();
    let empty_file = read_trusted_bytes(&place.path().join("file"));
    assert!(empty_file.unwrap().is_empty());
}
