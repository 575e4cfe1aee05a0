//! The directory with a process's state.

mod file;

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// A directory that this process alone uses, until this is dropped.
#[derive(Debug)]
pub struct DataDirectory {
    path: PathBuf,
    _lock: File,
}

/// A data directory can't be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the messages name the fields")]
pub enum DataDirectoryError {
    /// Another process uses it.
    #[error(
        "the data directory `{}` is in use by another process; stop that one, or name another directory",
        .0.display()
    )]
    InUse(PathBuf),
    /// Other users can read it.
    #[error(
        "the data directory `{}` is open to other users (mode {mode:03o}); run `chmod 700 {}`",
        .path.display(), .path.display()
    )]
    OpenToOthers { path: PathBuf, mode: u32 },
    /// Another user owns it or could replace it.
    #[error("the data directory `{}` {problem}", .path.display())]
    Untrusted { path: PathBuf, problem: String },
    /// It is not a directory.
    #[error("the data directory `{}` is not a directory", .0.display())]
    NotADirectory(PathBuf),
    /// It can't be created or read.
    #[error("the data directory `{}` can't be used: {reason}", .path.display())]
    Unusable { path: PathBuf, reason: io::Error },
}

#[cfg(feature = "sqlite")]
pub(crate) use file::check_database;
use file::create_private;
pub(crate) use file::replace_private;
pub use file::{open_trusted, read_own, read_trusted, read_trusted_bytes};

const LOCK: &str = "lock";
const DATABASE: &str = "plugwright.db";

impl DataDirectory {
    /// Opens a directory, which is created if it does not exist.
    ///
    /// Only its owner may have access. Access of others is removed if the directory is empty or was
    /// used as a data directory before; otherwise it is an error, since it may be shared on
    /// purpose.
    ///
    /// # Errors
    ///
    /// If it is in use, accessible to others, or can't be created or read.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, DataDirectoryError> {
        let path = path.into();
        let unusable = |reason| DataDirectoryError::Unusable {
            path: path.clone(),
            reason,
        };
        if path.exists() && !path.is_dir() {
            return Err(DataDirectoryError::NotADirectory(path));
        }
        create(&path).map_err(unusable)?;
        file::check_directory(&path).map_err(|fault| match fault {
            file::Fault::Disk(reason) => unusable(reason),
            file::Fault::Untrusted(problem) => DataDirectoryError::Untrusted {
                path: path.clone(),
                problem,
            },
        })?;
        close_to_others(&path)?;
        let lock = create_private(&path.join(LOCK)).map_err(unusable)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path, _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(DataDirectoryError::InUse(path)),
            Err(TryLockError::Error(reason)) => Err(DataDirectoryError::Unusable { path, reason }),
        }
    }

    /// Returns the directory.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the path of the store's database.
    pub fn database(&self) -> PathBuf {
        self.path.join(DATABASE)
    }

    /// Returns the path of the run log's database.
    pub fn run_log(&self) -> PathBuf {
        self.path.join("runs.db")
    }

    /// Returns the path of the key file.
    pub fn vault_key(&self) -> PathBuf {
        self.path.join("vault.key")
    }
}

fn create(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

#[cfg(unix)]
fn close_to_others(path: &Path) -> Result<(), DataDirectoryError> {
    use std::os::unix::fs::PermissionsExt;
    let unusable = |reason| DataDirectoryError::Unusable {
        path: path.to_owned(),
        reason,
    };
    let mode = fs::metadata(path).map_err(unusable)?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        let mut entries = fs::read_dir(path).map_err(unusable)?;
        // A file of this name alone proves nothing: others use it too.
        let empty = entries.all(|entry| entry.is_ok_and(|entry| entry.file_name() == LOCK));
        let ours = empty || path.join(DATABASE).exists();
        if !ours || fs::set_permissions(path, fs::Permissions::from_mode(0o700)).is_err() {
            return Err(DataDirectoryError::OpenToOthers {
                path: path.to_owned(),
                mode,
            });
        }
    }
    Ok(())
}

#[cfg(not(unix))]
fn close_to_others(_path: &Path) -> Result<(), DataDirectoryError> {
    Ok(())
}

#[cfg(all(test, unix))]
mod tests;
