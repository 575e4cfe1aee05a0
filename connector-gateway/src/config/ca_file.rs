//! The file of certificates that are trusted besides those of the machine.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use plugwright_egress::check_certificates;
use plugwright_store::data_directory::read_trusted_bytes;
use serde_json::Value;

use super::form::{self, Form};

/// A file with certificates. It is read once, as it may be a pipe.
#[derive(Clone, Debug)]
pub struct CaFile {
    path: PathBuf,
    pem: OnceLock<Vec<u8>>,
}

impl CaFile {
    /// Returns where the file is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads the certificates. Whoever can write the file decides whom the gateway trusts.
    pub(crate) fn pem(&self) -> io::Result<&[u8]> {
        if let Some(pem) = self.pem.get() {
            return Ok(pem);
        }
        let pem = read_trusted_bytes(&self.path)?;
        Ok(self.pem.get_or_init(|| pem))
    }
}

impl From<PathBuf> for CaFile {
    fn from(path: PathBuf) -> Self {
        let pem = OnceLock::new();
        Self { path, pem }
    }
}

impl Form for CaFile {
    type Value = Self;
    const TAKES: &'static str = form::Path::TAKES;

    fn from_text(text: &str) -> Result<Self, String> {
        form::Path::from_text(text).map(Self::from)
    }

    fn show(value: &Self) -> Value {
        form::Path::show(&value.path)
    }
}

pub(super) fn check(file: &CaFile) -> Result<(), String> {
    let path = file.path.display();
    let pem = file
        .pem()
        .map_err(|error| format!("points to `{path}`, which can't be read: {error}"))?;
    check_certificates(pem.to_vec()).map_err(|_| {
        format!("points to `{path}`, which must have PEM certificates and nothing invalid")
    })
}
