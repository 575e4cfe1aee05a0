use super::*;

#[test]
fn a_named_file_must_be_there_and_the_usual_one_need_not() {
    let mut place = place("dev = true");
    place.inputs.directory = Some(place.directory.path().join("elsewhere"));
    assert!(!place.load().unwrap().config.dev);

    place.inputs.environment.insert(
        "PLUGWRIGHT_CONFIG".into(),
        place.directory.path().join(USUAL_FILE).into(),
    );
    assert!(place.load().unwrap().config.dev);

    place.inputs.file = Some(place.directory.path().join("other.toml"));
    let error = place.load().unwrap_err();
    assert!(
        error.starts_with("can't read configuration file `other.toml`: "),
        "{error}"
    );
}

#[cfg(unix)]
#[test]
fn a_file_that_another_user_could_have_written_is_refused_however_it_is_named() {
    use std::os::unix::fs::{PermissionsExt as _, chown};

    let mut place = place("dev = true");
    let file = place.directory.path().join(USUAL_FILE);
    let chmod = |mode| std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode));
    let mut named = |name: &str| {
        place.inputs.file = (name == "flag").then(|| file.clone());
        let variable = (name == "variable").then(|| file.clone().into());
        let variable = variable.map(|path| (FILE_VARIABLE.to_owned(), path));
        place.inputs.environment = variable.into_iter().collect();
        place.load()
    };
    for name in ["", "flag", "variable"] {
        for mode in [0o600, 0o640, 0o444] {
            chmod(mode).unwrap();
            assert!(named(name).unwrap().config.dev);
        }
        chmod(0o666).unwrap();
        let error = named(name).unwrap_err();
        assert!(error.contains("can be written by every user"), "{error}");
    }
    chmod(0o644).unwrap();
    // Only root can give files away.
    if chown(&file, Some(12345), None).is_ok() {
        for name in ["", "flag", "variable"] {
            let error = named(name).unwrap_err();
            assert!(
                error.contains("belongs to another user (uid 12345"),
                "{error}"
            );
        }
    }
}

#[test]
fn a_missing_file_of_authorities_is_refused() {
    let error = place("egress.ca_file = \"no/such.pem\"")
        .load()
        .unwrap_err();
    assert!(
        error.starts_with(
            "`egress.ca_file` (plugwright.toml:1) points to `no/such.pem`, which can't be read: "
        ),
        "{error}"
    );
}

#[cfg(unix)]
const NO_CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";

#[cfg(unix)]
#[test]
fn a_file_of_authorities_that_everybody_can_write_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;

    let file = tempfile::NamedTempFile::new().unwrap();
    let setting = format!("egress.ca_file = \"{}\"", file.path().display());
    let chmod = |mode| {
        let mode = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(file.path(), mode).unwrap();
    };
    chmod(0o666);
    let error = place(&setting).load().unwrap_err();
    assert!(error.contains("can be written by every user"), "{error}");
    chmod(0o644);
    for text in ["", "hunter2", NO_CERTIFICATE] {
        std::fs::write(file.path(), text).unwrap();
        let error = place(&setting).load().unwrap_err();
        assert!(
            error.starts_with("`egress.ca_file` (plugwright.toml:1) points to `")
                && error.contains("must have PEM certificates"),
            "{error}"
        );
    }
}

#[cfg(unix)]
fn pipe(place: &Place, name: &str) -> PathBuf {
    use rustix::fs::{CWD, FileType, Mode, mknodat};

    let path = place.directory.path().join(name);
    mknodat(CWD, &path, FileType::Fifo, Mode::from_raw_mode(0o600), 0).unwrap();
    path
}

#[cfg(unix)]
fn write(path: &Path, text: String) -> std::thread::JoinHandle<()> {
    let path = path.to_owned();
    std::thread::spawn(move || std::fs::write(path, text).unwrap())
}

#[cfg(unix)]
#[test]
fn a_pipe_is_read_once() {
    let mut place = place("");
    let file = pipe(&place, "file");
    place.inputs.file = Some(file.clone());
    let writer = write(&file, "data_dir = \"elsewhere\"\ndev = true".to_owned());
    let inputs = place.inputs.clone().read().unwrap();
    writer.join().unwrap();
    assert_eq!(inputs.data_dir(), Path::new("elsewhere"));
    let loaded = inputs.connectors(vec!["github".to_owned()]).load().unwrap();
    assert!(loaded.config.dev);
    assert_eq!(loaded.file, Some(file.clone()));

    let writer = write(&file, String::new());
    let error = place.load().unwrap_err();
    writer.join().unwrap();
    assert!(
        error.ends_with("`file`: nothing was written to this pipe"),
        "{error}"
    );
}

#[cfg(unix)]
#[test]
fn a_file_of_authorities_is_read_once() {
    let place = place("");
    let file = ca_file::CaFile::from(pipe(&place, "ca.pem"));
    let writer = write(file.path(), NO_CERTIFICATE.to_owned());
    for _ in 0..2 {
        assert_eq!(file.pem().unwrap(), NO_CERTIFICATE.as_bytes());
    }
    writer.join().unwrap();
}
