//! Cassettes of what a product's server answered.
//!
//! With `PLUGWRIGHT_WRITE_CASSETTES=1` the calls of a session that have a title are written as cassettes of the
//! connector.

use std::path::{Path, PathBuf};
use std::{env, fs};

use plugwright_sdk::cassette::{Provenance, ProvenanceKind};
use plugwright_sdk::{Cassette, ConnectorDefinition, serde_json};

/// Where the list of what is installed for a product's server is.
pub(crate) fn packages(product: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("servers")
        .join(product)
}

/// Says what the recordings are of: the first package of the list is the product.
pub(crate) fn provenance(connector: &ConnectorDefinition) -> Provenance {
    let list = packages(connector.name()).join("requirements.txt");
    let list = fs::read_to_string(list).unwrap_or_default();
    let product = list.lines().next().unwrap_or_default();
    Provenance {
        kind: ProvenanceKind::Recorded,
        source: format!("PyPI {}, a server of its own", product.replace("==", " ")),
        license: None,
    }
}

/// Writes a cassette, if cassettes are to be written.
pub(crate) fn keep(connector: &ConnectorDefinition, cassette: &Cassette, case: Option<&str>) {
    if env::var_os("PLUGWRIGHT_WRITE_CASSETTES").is_none() {
        return;
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../connectors");
    let folder = folder.join(connector.name()).join("tests/cassettes");
    let case = case.map(|case| format!(".{case}")).unwrap_or_default();
    let file = folder.join(format!("{}{case}.json", cassette.action));
    let text = serde_json::to_string_pretty(cassette).unwrap();
    fs::write(file, text + "\n").unwrap();
}
