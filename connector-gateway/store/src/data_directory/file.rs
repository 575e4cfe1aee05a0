//! Files that must be this user's own. Whoever opens one does it here.
//!
//! A file is opened without following a link, and looked at once it is open, so that nobody can
//! exchange it in between.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

/// Longer files hold no secret.
const LONGEST: u64 = 64 << 10;

/// Why a file or directory is not used.
pub(super) enum Fault {
    /// It can't be opened or looked at.
    Disk(io::Error),
    /// Somebody else made it or could change it; the text says what to do.
    Untrusted(String),
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::Disk(error)
    }
}

impl Fault {
    fn into_error(self, path: &Path) -> io::Error {
        match self {
            Self::Disk(error) => error,
            Self::Untrusted(problem) => io::Error::new(
                io::ErrorKind::PermissionDenied,
                format!("`{}` {problem}", path.display()),
            ),
        }
    }
}

/// Opens a file for writing, and makes it for its owner alone if it does not exist.
pub(crate) fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    open(path, options)
}

/// Opens a file for reading; `None` if there is none.
pub(crate) fn read_private(path: &Path) -> io::Result<Option<File>> {
    let mut options = OpenOptions::new();
    options.read(true);
    match open(path, options) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Replaces a file as a whole, for its owner alone; when this returns, it survives a loss of power.
pub(crate) fn replace_private(path: &Path, text: &[u8]) -> io::Result<()> {
    let new = beside(path, ".new");
    // What a broken-off attempt left may have other permissions.
    match fs::remove_file(&new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    let mut file = open(&new, options)?;
    file.write_all(text)?;
    file.sync_all()?;
    fs::rename(&new, path)?;
    #[cfg(unix)]
    File::open(parent(path))?.sync_all()?;
    Ok(())
}

/// Makes sure of a SQLite database and of the files beside it, which SQLite opens by itself. The
/// database is made, for its owner alone, if it does not exist.
#[cfg(any(test, feature = "sqlite"))]
pub(crate) fn check_database(path: &Path) -> io::Result<()> {
    create_private(path)?;
    for companion in ["-wal", "-shm", "-journal"] {
        read_private(&beside(path, companion))?;
    }
    Ok(())
}

/// Reads a text that an operator names, such as a secret that the platform mounts. It may be a
/// link, a pipe or another user's, but not one that every user can write.
///
/// # Errors
///
/// If it can't be read, is longer than 64 KiB, is no UTF-8, or can be written by every user.
pub fn read_trusted(path: &Path) -> io::Result<Zeroizing<String>> {
    read_text(open_trusted(path)?)
}

/// Opens a file that an operator names, unless every user can write it.
///
/// # Errors
///
/// If it can't be opened, or can be written by every user.
pub fn open_trusted(path: &Path) -> io::Result<File> {
    let file = File::open(path)?;
    refuse_if_writable_by_all(&file).map_err(|fault| fault.into_error(path))?;
    Ok(file)
}

/// Reads a text with secrets that belongs to this user alone; `None` if there is none.
///
/// # Errors
///
/// If it can't be read, is longer than 64 KiB, is no UTF-8, is a link or another user's, or can be
/// read or written by others.
pub fn read_own(path: &Path) -> io::Result<Option<Zeroizing<String>>> {
    let Some(file) = read_private(path)? else {
        return Ok(None);
    };
    refuse_if_open_to_others(&file, path).map_err(|fault| fault.into_error(path))?;
    read_text(file).map(Some)
}

fn read_text(file: File) -> io::Result<Zeroizing<String>> {
    let mut text = Zeroizing::new(String::new());
    let read = file.take(LONGEST + 1).read_to_string(&mut text)?;
    if read as u64 > LONGEST {
        let message = format!("it is longer than {LONGEST} bytes");
        return Err(io::Error::new(io::ErrorKind::InvalidData, message));
    }
    Ok(text)
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}

#[cfg(unix)]
fn open(path: &Path, mut options: OpenOptions) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;

    use rustix::fs::OFlags;
    use rustix::io::Errno;

    // A pipe would keep whoever opens it waiting.
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits();
    options.mode(0o600).custom_flags(flags.cast_signed());
    let file = options.open(path).map_err(|error| {
        let is_link = error.raw_os_error() == Some(Errno::LOOP.raw_os_error());
        if is_link {
            Fault::Untrusted("is a symbolic link; put the file itself there".to_owned())
                .into_error(path)
        } else {
            error
        }
    })?;
    check(&file, path).map_err(|fault| fault.into_error(path))?;
    Ok(file)
}

#[cfg(not(unix))]
fn open(path: &Path, options: OpenOptions) -> io::Result<File> {
    options.open(path)
}

/// Makes sure that a file is this user's, that no other one can change it, and that it is not the
/// file of another name.
#[cfg(unix)]
fn check(file: &File, path: &Path) -> Result<(), Fault> {
    use std::os::unix::fs::MetadataExt;

    let metadata = file.metadata()?;
    let untrusted = |problem: String| Err(Fault::Untrusted(problem));
    let shown = path.display();
    if !metadata.is_file() {
        return untrusted("is not a regular file; remove it".to_owned());
    }
    owned(&metadata, path)?;
    let mode = metadata.mode() & 0o777;
    if mode & 0o022 != 0 {
        return untrusted(format!(
            "can be written by other users (mode {mode:03o}); make sure of what is in it, then run `chmod 600 {shown}`"
        ));
    }
    if metadata.nlink() > 1 {
        return untrusted(format!(
            "is a file with {} names (hard links); put a copy in its place",
            metadata.nlink()
        ));
    }
    Ok(())
}

#[cfg(unix)]
fn owned(metadata: &fs::Metadata, path: &Path) -> Result<(), Fault> {
    use std::os::unix::fs::MetadataExt;

    let own = rustix::process::geteuid().as_raw();
    let owner = metadata.uid();
    if owner == own || owner == 0 {
        return Ok(());
    }
    Err(Fault::Untrusted(format!(
        "belongs to another user (uid {owner}, this process has {own}); make sure of what is in it, then run `chown {own} {}`",
        path.display()
    )))
}

/// Makes sure that a directory is this user's and that no other one can exchange it.
#[cfg(unix)]
pub(super) fn check_directory(path: &Path) -> Result<(), Fault> {
    use std::os::unix::fs::MetadataExt;

    let metadata = fs::symlink_metadata(path)?;
    if metadata.is_symlink() {
        return Err(Fault::Untrusted(
            "is a symbolic link; name the directory that it leads to".to_owned(),
        ));
    }
    owned(&metadata, path)?;
    let parent = parent(path);
    let mode = fs::metadata(parent)?.mode();
    let is_sticky = mode & 0o1000 != 0;
    if mode & 0o002 != 0 && !is_sticky {
        return Err(Fault::Untrusted(format!(
            "is in `{0}`, in which every user can exchange it (mode {1:03o}); run `chmod o-w {0}`",
            parent.display(),
            mode & 0o777
        )));
    }
    Ok(())
}

#[cfg(not(unix))]
pub(super) fn check_directory(_path: &Path) -> Result<(), Fault> {
    Ok(())
}

#[cfg(unix)]
fn refuse_if_open_to_others(file: &File, path: &Path) -> Result<(), Fault> {
    use std::os::unix::fs::MetadataExt;

    let mode = file.metadata()?.mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(Fault::Untrusted(format!(
            "is open to other users (mode {mode:03o}); run `chmod 600 {}`",
            path.display()
        )));
    }
    Ok(())
}

#[cfg(not(unix))]
fn refuse_if_open_to_others(_file: &File, _path: &Path) -> Result<(), Fault> {
    Ok(())
}

#[cfg(unix)]
fn refuse_if_writable_by_all(file: &File) -> Result<(), Fault> {
    use std::os::unix::fs::MetadataExt;

    let metadata = file.metadata()?;
    if metadata.is_file() && metadata.mode() & 0o002 != 0 {
        return Err(Fault::Untrusted(
            "can be written by every user; run `chmod o-w` on it".to_owned(),
        ));
    }
    Ok(())
}

#[cfg(not(unix))]
fn refuse_if_writable_by_all(_file: &File) -> Result<(), Fault> {
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
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
        cases.push((hard, "2 names"));
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
        set_mode(&path, 0o666);
        let error = read_trusted(&path).unwrap_err();
        assert!(error.to_string().contains("chmod o-w"), "{error}");
        fs::write(&path, "x".repeat(65 << 10)).unwrap();
        set_mode(&path, 0o600);
        let error = read_trusted(&path).unwrap_err();
        assert!(error.to_string().contains("longer"), "{error}");
    }
}
