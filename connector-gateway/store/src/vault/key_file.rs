//! The file that keys are in.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::VaultError;
use super::key::Keys;
use crate::data_directory::{read_private, replace_private};

/// Reads the file; `None` if there is none.
pub(super) async fn read(path: PathBuf) -> Result<Option<Keys>, VaultError> {
    on_a_thread(path, |path| {
        let opened = read_private(path).map_err(|reason| unusable(path, reason))?;
        let Some(file) = opened else {
            return Ok(None);
        };
        refuse_if_open_to_others(path, &file)?;
        let mut text = Zeroizing::new(String::new());
        // More is no key file.
        (&file)
            .take(64 * 1024)
            .read_to_string(&mut text)
            .map_err(|reason| unusable(path, reason))?;
        Keys::parse(&text, &format!("the key file `{}`", path.display())).map(Some)
    })
    .await
}

/// Replaces the file as a whole; when this returns, the keys survive a loss of power.
pub(super) async fn write(path: PathBuf, keys: &Keys) -> Result<(), VaultError> {
    let text = keys.to_text();
    on_a_thread(path, move |path| {
        replace_private(path, text.as_bytes()).map_err(|reason| unusable(path, reason))
    })
    .await
}

#[cfg(unix)]
fn refuse_if_open_to_others(path: &Path, file: &File) -> Result<(), VaultError> {
    use std::os::unix::fs::PermissionsExt;
    let metadata = file.metadata().map_err(|reason| unusable(path, reason))?;
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(VaultError::OpenToOthers {
            path: path.to_owned(),
            mode,
        });
    }
    Ok(())
}

#[cfg(not(unix))]
fn refuse_if_open_to_others(_path: &Path, _file: &File) -> Result<(), VaultError> {
    Ok(())
}

fn unusable(path: &Path, reason: io::Error) -> VaultError {
    VaultError::KeyFile {
        path: path.to_owned(),
        reason,
    }
}

/// Keeps waiting for the disk off the threads that serve calls.
async fn on_a_thread<T: Send + 'static>(
    path: PathBuf,
    work: impl FnOnce(&Path) -> Result<T, VaultError> + Send + 'static,
) -> Result<T, VaultError> {
    let name = path.clone();
    match tokio::task::spawn_blocking(move || work(&path)).await {
        Ok(result) => result,
        Err(stopped) => Err(unusable(&name, io::Error::other(stopped))),
    }
}
