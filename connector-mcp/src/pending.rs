//! Tools that are not as the operator accepted them, kept for `plugwright catalog`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

use plugwright_import::McpServer;

/// Tools that wait for the operator.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pending {
    /// Tools whose definitions have changed.
    pub changed: Vec<String>,
    /// Tools that are new.
    pub new: Vec<String>,
}

impl Pending {
    pub(crate) fn between(
        accepted: &BTreeMap<String, String>,
        found: &BTreeMap<String, String>,
    ) -> Self {
        let mut pending = Self::default();
        for (tool, digest) in found {
            match accepted.get(tool) {
                Some(accepted) if accepted == digest => {}
                Some(_) => pending.changed.push(tool.clone()),
                None => pending.new.push(tool.clone()),
            }
        }
        pending
    }

    /// Returns whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.changed.is_empty() && self.new.is_empty()
    }
}

/// Returns which tools of a connector wait for the operator, as a gateway on this data directory found
/// them last.
///
/// # Errors
///
/// If what it found can't be read.
pub fn pending(data_directory: &Path, connector: &str, server: &McpServer) -> io::Result<Pending> {
    let text = match fs::read(path(data_directory, connector)) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Pending::default()),
        Err(error) => return Err(error),
    };
    let found = serde_json::from_slice(&text)?;
    Ok(Pending::between(&server.tools, &found))
}

/// Keeps what a server has now, if that is not what is accepted.
pub(crate) fn keep(
    data_directory: &Path,
    connector: &str,
    found: &BTreeMap<String, String>,
) -> io::Result<()> {
    let path = path(data_directory, connector);
    if let Some(folder) = path.parent() {
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.recursive(true).create(folder)?;
    }
    let new = path.with_extension("new");
    fs::write(&new, serde_json::to_vec(found)?)?;
    fs::rename(new, path)
}

/// Forgets what a server had, since it has what is accepted.
pub(crate) fn forget(data_directory: &Path, connector: &str) -> io::Result<()> {
    match fs::remove_file(path(data_directory, connector)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn path(data_directory: &Path, connector: &str) -> PathBuf {
    data_directory.join("mcp").join(format!("{connector}.json"))
}
