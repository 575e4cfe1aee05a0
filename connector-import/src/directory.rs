//! Imported connectors in a data directory.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use plugwright_sdk::host::{InvalidConnector, check_name};

use crate::form::{FormatError, ImportedConnector};

/// Where connectors stand in a data directory.
const FOLDER: &str = "connectors";

/// A stored connector may be this long, in bytes.
const LARGEST: u64 = 256 << 20;

/// The imported connectors of a data directory, one file each.
#[derive(Clone, Debug)]
pub struct Directory {
    folder: PathBuf,
}

/// A stored connector, or why it can't be used.
pub type Stored = (String, Result<ImportedConnector, DirectoryError>);

/// A connector can't be stored or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DirectoryError {
    /// The file can't be read or written.
    #[error("{path}: {source}", path = .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// The file is no imported connector.
    #[error("{path}: {source}", path = .path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: FormatError,
    },
    /// The name is not allowed.
    #[error(transparent)]
    Name(#[from] InvalidConnector),
}

impl Directory {
    /// Uses a data directory, which need not be there yet.
    pub fn of(data_directory: &Path) -> Self {
        Self {
            folder: data_directory.join(FOLDER),
        }
    }

    /// Reads all connectors, in the order of their names. One that can't be read keeps no other
    /// from being read.
    ///
    /// # Errors
    ///
    /// If the folder is there and can't be listed.
    pub fn read(&self) -> Result<Vec<Stored>, DirectoryError> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(source) => return Err(failed(&self.folder, source)),
        };
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry.map_err(|source| failed(&self.folder, source))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if let Some(name) = name.strip_suffix(".json")
                && check_name(name).is_ok()
            {
                names.push(name.to_owned());
            }
        }
        names.sort_unstable();
        let read = |name: String| {
            let connector = self.find(&name).and_then(|found| {
                found.ok_or_else(|| failed(&self.path(&name), io::ErrorKind::NotFound.into()))
            });
            (name, connector)
        };
        Ok(names.into_iter().map(read).collect())
    }

    /// Reads the connector of this name, if there is one.
    ///
    /// # Errors
    ///
    /// If it can't be read.
    pub fn find(&self, name: &str) -> Result<Option<ImportedConnector>, DirectoryError> {
        check_name(name)?;
        let path = self.path(name);
        let bytes = match read_file(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(failed(&path, source)),
        };
        let connector = ImportedConnector::read(&bytes)
            .map_err(|source| DirectoryError::Format { path, source })?;
        Ok(Some(connector))
    }

    /// Stores a connector in place of the one of its name, in one step: who reads sees the one or the
    /// other.
    ///
    /// # Errors
    ///
    /// If the name is not allowed, or the file can't be written.
    pub fn write(&self, connector: &ImportedConnector) -> Result<PathBuf, DirectoryError> {
        let name = &connector.parts.name;
        check_name(name)?;
        let path = self.path(name);
        let written = || -> io::Result<()> {
            create(&self.folder)?;
            let beside = self
                .folder
                .join(format!(".{name}.json.{}", std::process::id()));
            let stored = || -> io::Result<()> {
                let mut file = io::BufWriter::new(fs::File::create(&beside)?);
                serde_json::to_writer(&mut file, connector)?;
                file.flush()?;
                file.get_ref().sync_all()?;
                fs::rename(&beside, &path)
            };
            stored().inspect_err(|_| {
                // What is left over has no name that is read.
                let _ = fs::remove_file(&beside);
            })
        };
        written().map_err(|source| failed(&path, source))?;
        Ok(path)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.json"))
    }
}

fn failed(path: &Path, source: io::Error) -> DirectoryError {
    DirectoryError::Io {
        path: path.to_owned(),
        source,
    }
}

fn read_file(path: &Path) -> io::Result<Vec<u8>> {
    if fs::metadata(path)?.len() > LARGEST {
        let message = format!("it has more than {LARGEST} bytes");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
    }
    fs::read(path)
}

/// Creates a folder that only its owner may enter, and closes the data directory around it if that
/// is empty: a gateway uses none that others can enter.
fn create(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
        builder.mode(0o700);
        if let Some(around) = folder.parent()
            && fs::read_dir(around).is_ok_and(|mut entries| entries.next().is_none())
        {
            fs::set_permissions(around, fs::Permissions::from_mode(0o700))?;
        }
    }
    builder.create(folder)
}

#[cfg(test)]
mod tests {
    use plugwright_sdk::json;

    use super::*;
    use crate::openapi::{self, Settings};

    fn imported(name: &str) -> ImportedConnector {
        let document = json!({
            "openapi": "3.1.0",
            "info": { "title": "Pets", "version": "1" },
            "paths": { "/pets": { "get": {} } },
        });
        openapi::import(&document, &Settings::named(name))
            .unwrap()
            .connector
    }

    #[test]
    fn what_is_stored_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let directory = Directory::of(folder.path());
        assert!(directory.read().unwrap().is_empty());
        let pets = imported("pets");
        directory.write(&pets).unwrap();
        directory.write(&imported("cats")).unwrap();
        let names: Vec<_> = directory
            .read()
            .unwrap()
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        assert_eq!(names, ["cats", "pets"]);
        assert_eq!(directory.find("pets").unwrap(), Some(pets));
        assert_eq!(directory.find("dogs").unwrap(), None);
    }

    #[cfg(unix)]
    #[test]
    fn an_empty_data_directory_is_closed_to_others() {
        use std::os::unix::fs::PermissionsExt as _;

        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        Directory::of(folder.path())
            .write(&imported("pets"))
            .unwrap();
        for path in [folder.path().to_owned(), folder.path().join("connectors")] {
            let mode = fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o700, "{}", path.display());
        }
    }

    #[test]
    fn a_damaged_file_keeps_no_other_from_being_read() {
        let folder = tempfile::tempdir().unwrap();
        let directory = Directory::of(folder.path());
        let path = directory.write(&imported("cats")).unwrap();
        fs::write(path, "{}").unwrap();
        directory.write(&imported("pets")).unwrap();
        let mut newer = serde_json::to_value(imported("owls")).unwrap();
        newer["form"] = 99.into();
        fs::write(
            folder.path().join("connectors/owls.json"),
            newer.to_string(),
        )
        .unwrap();
        let read = directory.read().unwrap();
        assert!(read[0].1.is_err() && read[2].1.is_ok());
        let error = read[1].1.as_ref().unwrap_err().to_string();
        assert!(error.contains("has form 99"), "{error}");
    }

    #[test]
    fn names_lead_out_of_no_folder() {
        let folder = tempfile::tempdir().unwrap();
        let directory = Directory::of(folder.path());
        assert!(directory.find("../pets").is_err());
        let mut evil = imported("pets");
        evil.parts.name = "../../pets".to_owned();
        assert!(directory.write(&evil).is_err());
    }
}
