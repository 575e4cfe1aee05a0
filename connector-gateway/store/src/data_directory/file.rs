//! Opens files that must be this user's own; nothing else in the workspace does.
//!
//! A file is opened without following links and checked afterward, so that it can't be replaced in
//! between.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use zeroize::Zeroizing;

/// Longer files contain no secret.
const LONGEST: u64 = 64 << 10;

/// How long it may take until a pipe has a writer.
const WRITER_WAIT: Duration = Duration::from_secs(5);

pub(super) enum Fault {
    /// It can't be opened or read.
    Disk(io::Error),
    /// Another user owns it or could change it; the message says how to fix that.
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

/// Opens a file for writing; creates it for its owner alone if it does not exist.
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

/// Replaces a file atomically, for its owner alone. It is durable when this returns.
pub(crate) fn replace_private(path: &Path, text: &[u8]) -> io::Result<()> {
    let new = beside(path, ".new");
    // A file of an interrupted attempt may have other permissions.
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

/// Checks a SQLite database and the files beside it, which SQLite opens itself. The database is
/// created for its owner alone if it does not exist.
#[cfg(any(test, feature = "sqlite"))]
pub(crate) fn check_database(path: &Path) -> io::Result<()> {
    create_private(path)?;
    for companion in ["-wal", "-shm", "-journal"] {
        read_private(&beside(path, companion))?;
    }
    Ok(())
}

/// Reads a file that an operator names, such as a mounted secret, as [`open_trusted`] opens it.
///
/// # Errors
///
/// If it can't be opened or read, is longer than 64 KiB, or is not UTF-8.
pub fn read_trusted(path: &Path) -> io::Result<Zeroizing<String>> {
    read_text(open_trusted(path)?)
}

/// Reads a file that an operator names, however long it is, as [`open_trusted`] opens it.
///
/// # Errors
///
/// If it can't be opened or read, or is a pipe that nothing was written to.
pub fn read_trusted_bytes(path: &Path) -> io::Result<Vec<u8>> {
    let mut file = open_trusted(path)?;
    let mut bytes = Vec::new();
    if file.read_to_end(&mut bytes)? == 0 && is_pipe(&file.metadata()?) {
        let message = "nothing was written to this pipe";
        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, message));
    }
    Ok(bytes)
}

/// Opens a file that an operator names. It may be a link or a pipe, and others may read it. File and
/// link must be this user's or root's. One that every user can write, or that stands in a directory where
/// every user can replace it, is refused.
///
/// # Errors
///
/// If it can't be opened, another user could have written it, or it is a pipe that nobody opens for
/// writing within 5 seconds.
pub fn open_trusted(path: &Path) -> io::Result<File> {
    let file = open_readable(path, WRITER_WAIT)?;
    check_named(&file, path).map_err(|fault| fault.into_error(path))?;
    Ok(file)
}

/// Reads a file with secrets that belongs to this user alone; `None` if there is none.
///
/// # Errors
///
/// If it can't be read, is longer than 64 KiB, is not UTF-8, is a link or another user's, or is
/// accessible to others.
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

    // Opening a pipe would block.
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits();
    options.mode(0o600).custom_flags(flags.cast_signed());
    let file = options.open(path).map_err(|error| {
        let is = |errno: Errno| error.raw_os_error() == Some(errno.raw_os_error());
        let problem = if is(Errno::LOOP) {
            "is a symbolic link; put the file itself there"
        } else if is(Errno::NXIO) {
            NOT_REGULAR
        } else {
            return error;
        };
        Fault::Untrusted(problem.to_owned()).into_error(path)
    })?;
    check(&file, path).map_err(|fault| fault.into_error(path))?;
    Ok(file)
}

#[cfg(not(unix))]
fn open(path: &Path, options: OpenOptions) -> io::Result<File> {
    options.open(path)
}

/// Checks that a file is this user's, that no one else can change it, and that it has no other
/// name.
#[cfg(unix)]
fn check(file: &File, path: &Path) -> Result<(), Fault> {
    use std::os::unix::fs::MetadataExt;

    let metadata = file.metadata()?;
    let untrusted = |problem: String| Err(Fault::Untrusted(problem));
    let shown = path.display();
    if !metadata.is_file() {
        return untrusted(NOT_REGULAR.to_owned());
    }
    owned(&metadata, path)?;
    let mode = metadata.mode() & 0o777;
    if mode & 0o022 != 0 {
        return untrusted(format!(
            "can be written by other users (mode {mode:03o}); check its contents, then run `chmod 600 {shown}`"
        ));
    }
    if metadata.nlink() > 1 {
        return untrusted(format!(
            "has {} hard links; replace it with a copy",
            metadata.nlink()
        ));
    }
    Ok(())
}

#[cfg(unix)]
const NOT_REGULAR: &str = "is not a regular file; remove it";

#[cfg(unix)]
fn owned(metadata: &fs::Metadata, path: &Path) -> Result<(), Fault> {
    use std::os::unix::fs::MetadataExt;

    let own = rustix::process::geteuid().as_raw();
    let owner = metadata.uid();
    if owner == own || owner == 0 {
        return Ok(());
    }
    Err(Fault::Untrusted(format!(
        "belongs to another user (uid {owner}, this process has {own}); check its contents, then run `chown {own} {}`",
        path.display()
    )))
}

/// Checks that a directory is this user's and that no one else can replace it.
#[cfg(unix)]
pub(super) fn check_directory(path: &Path) -> Result<(), Fault> {
    let metadata = fs::symlink_metadata(path)?;
    if metadata.is_symlink() {
        return Err(Fault::Untrusted(
            "is a symbolic link; specify the directory that it points to".to_owned(),
        ));
    }
    owned(&metadata, path)?;
    not_replaceable(path)
}

/// Checks that only the owner of a path, and of its directory, can put something else there.
#[cfg(unix)]
fn not_replaceable(path: &Path) -> Result<(), Fault> {
    use std::os::unix::fs::MetadataExt;

    let parent = parent(path);
    let mode = fs::metadata(parent)?.mode();
    let is_sticky = mode & 0o1000 != 0;
    if mode & 0o002 != 0 && !is_sticky {
        return Err(Fault::Untrusted(format!(
            "is in `{0}`, where any user can replace it (mode {1:03o}); run `chmod o-w {0}`",
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

/// Opens a file. Until a pipe has a writer, waits for so long at most; then reads wait for what is
/// written.
#[cfg(unix)]
fn open_readable(path: &Path, wait: Duration) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;

    use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};

    if is_pipe(&fs::metadata(path)?) {
        return open_pipe(path, wait);
    }
    let mut options = OpenOptions::new();
    options.read(true);
    options.custom_flags(OFlags::NONBLOCK.bits().cast_signed());
    let file = options.open(path)?;
    fcntl_setfl(&file, fcntl_getfl(&file)? - OFlags::NONBLOCK)?;
    Ok(file)
}

#[cfg(not(unix))]
fn open_readable(path: &Path, _wait: Duration) -> io::Result<File> {
    File::open(path)
}

#[cfg(unix)]
fn open_pipe(path: &Path, wait: Duration) -> io::Result<File> {
    let (opened, result) = std::sync::mpsc::channel();
    let path = path.to_owned();
    // Opened without waiting, a pipe without a writer is empty. This thread ends when one comes.
    std::thread::Builder::new().spawn(move || opened.send(File::open(path)))?;
    result.recv_timeout(wait).unwrap_or_else(|_| {
        let message = format!(
            "nobody opened this pipe for writing within {} seconds",
            wait.as_secs()
        );
        Err(io::Error::new(io::ErrorKind::TimedOut, message))
    })
}

#[cfg(unix)]
fn is_pipe(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt;

    metadata.file_type().is_fifo()
}

#[cfg(not(unix))]
fn is_pipe(_metadata: &fs::Metadata) -> bool {
    false
}

#[cfg(unix)]
fn check_named(file: &File, path: &Path) -> Result<(), Fault> {
    use std::os::unix::fs::MetadataExt;

    // What a shell or the terminal hands over may be of the user who called `sudo`.
    let is_handed_over = ["/dev/fd", "/dev/pts", "/dev/stdin", "/dev/tty", "/proc"]
        .iter()
        .any(|place| path.starts_with(place));
    if is_handed_over && !path.components().any(|part| part == Component::ParentDir) {
        return Ok(());
    }
    let metadata = file.metadata()?;
    for metadata in [&fs::symlink_metadata(path)?, &metadata] {
        owned(metadata, path)?;
    }
    if metadata.mode() & 0o002 != 0 {
        return Err(Fault::Untrusted(
            "can be written by every user; run `chmod o-w` on it".to_owned(),
        ));
    }
    not_replaceable(path)
}

#[cfg(not(unix))]
fn check_named(_file: &File, _path: &Path) -> Result<(), Fault> {
    Ok(())
}

#[cfg(all(test, unix))]
mod tests;
