//! The key file.

use std::io;
use std::path::{Path, PathBuf};

use super::VaultError;
use super::key::Keys;
use crate::data_directory::{read_own, replace_private};

/// Reads the file; `None` if there is none.
pub(super) async fn read(path: PathBuf) -> Result<Option<Keys>, VaultError> {
    blocking(path, |path| {
        let place = || format!("the key file `{}`", path.display());
        let text = read_own(path).map_err(|reason| match reason.kind() {
            io::ErrorKind::InvalidData => VaultError::Malformed {
                place: place(),
                problem: format!("is not a text of keys: {reason}"),
            },
            _ => unusable(path, reason),
        })?;
        text.map(|text| Keys::parse(&text, &place())).transpose()
    })
    .await
}

/// Replaces the file atomically; the keys are durable when this returns.
pub(super) async fn write(path: PathBuf, keys: &Keys) -> Result<(), VaultError> {
    let text = keys.to_text();
    blocking(path, move |path| {
        replace_private(path, text.as_bytes()).map_err(|reason| unusable(path, reason))
    })
    .await
}

fn unusable(path: &Path, reason: io::Error) -> VaultError {
    VaultError::KeyFile {
        path: path.to_owned(),
        reason,
    }
}

/// Keeps disk access off the threads of calls.
async fn blocking<T: Send + 'static>(
    path: PathBuf,
    work: impl FnOnce(&Path) -> Result<T, VaultError> + Send + 'static,
) -> Result<T, VaultError> {
    let name = path.clone();
    match tokio::task::spawn_blocking(move || work(&path)).await {
        Ok(result) => result,
        Err(stopped) => Err(unusable(&name, io::Error::other(stopped))),
    }
}
