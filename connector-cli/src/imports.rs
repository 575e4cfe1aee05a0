//! Imported connectors beside those of the binary.

use std::path::Path;

use plugwright_import::Directory;
use plugwright_sdk::host::{Connector, Registry};

use crate::failure::Failure;
use crate::output::note;

/// Puts the connectors of the binary and those of a data directory together. One that can't be used
/// is left out, with a note.
pub(crate) fn registry(compiled: &[Connector], data_directory: &Path) -> Result<Registry, Failure> {
    let mut connectors = compiled.to_vec();
    match Directory::of(data_directory).read() {
        Ok(stored) => {
            for (name, stored) in stored {
                match usable(compiled, &name, stored) {
                    Ok(connector) => connectors.push(connector),
                    Err(problem) => note(&format!("connector `{name}` is left out: {problem}")),
                }
            }
        }
        Err(error) => note(&format!("imported connectors are left out: {error}")),
    }
    Registry::new(connectors).map_err(|error| Failure::internal(error.to_string()))
}

fn usable(
    compiled: &[Connector],
    name: &str,
    stored: Result<plugwright_import::ImportedConnector, plugwright_import::DirectoryError>,
) -> Result<Connector, String> {
    if compiled.iter().any(|known| known.name() == name) {
        return Err("the binary has a connector of that name".to_owned());
    }
    let stored = stored.map_err(|error| error.to_string())?;
    stored.connector().map_err(|error| error.to_string())
}
