//! Imported connectors beside those of the binary.

#[cfg(feature = "serve")]
use std::io;
use std::path::Path;
use std::sync::Arc;

use plugwright_catalog::Catalog;
#[cfg(feature = "serve")]
use plugwright_gateway::DataDirectoryError;
#[cfg(feature = "serve")]
use plugwright_mcp::Servers;
use plugwright_sdk::host::{Connector, Library as _, Registry};

use crate::failure::Failure;
use crate::output::note;

/// Puts the connectors of the binary and those of a data directory together. One that has the name
/// of a connector of the binary is left out, with a note.
pub(crate) fn registry(compiled: &[Connector], data_directory: &Path) -> Result<Registry, Failure> {
    with(compiled, data_directory, |catalog| {
        #[cfg(feature = "serve")]
        let catalog = using(catalog, &Arc::new(Servers::new(data_directory)));
        catalog.report(|name, error| note(&format!("connector `{name}` is left out: {error}")))
    })
}

/// As [`registry`], for a gateway: it logs which connectors can't be used, and uses these MCP servers.
#[cfg(feature = "serve")]
pub(crate) fn served(
    compiled: &[Connector],
    data_directory: &Path,
    servers: &Arc<Servers>,
) -> Result<Registry, Failure> {
    if is_no_directory(data_directory) {
        let error = DataDirectoryError::NotADirectory(data_directory.to_owned());
        return Err(Failure::internal(error.to_string()));
    }
    with(compiled, data_directory, |catalog| using(catalog, servers))
}

/// Returns whether the path, or a part of it, is something other than a directory.
#[cfg(feature = "serve")]
fn is_no_directory(path: &Path) -> bool {
    match path.metadata() {
        Ok(found) => !found.is_dir(),
        Err(error) => error.kind() == io::ErrorKind::NotADirectory,
    }
}

/// Lets a catalog call the tools of MCP servers.
#[cfg(feature = "serve")]
fn using(catalog: Catalog, servers: &Arc<Servers>) -> Catalog {
    let servers = Arc::clone(servers);
    catalog.relays(move |name, server| servers.relay(name, server))
}

fn with(
    compiled: &[Connector],
    data_directory: &Path,
    reporting: impl FnOnce(Catalog) -> Catalog,
) -> Result<Registry, Failure> {
    let registry = Registry::new(compiled).map_err(|error| Failure::internal(error.to_string()))?;
    let catalog = match Catalog::follow(data_directory) {
        Ok(catalog) => reporting(catalog),
        Err(error) => {
            note(&format!("imported connectors are unavailable: {error}"));
            return Ok(registry);
        }
    };
    for known in compiled.iter().filter(|known| catalog.has(known.name())) {
        note(&format!(
            "connector `{}` is left out: the binary has a connector of that name",
            known.name()
        ));
    }
    Ok(registry.with_library(Arc::new(catalog)))
}
