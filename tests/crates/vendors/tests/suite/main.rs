//! The bundled connectors, compared with what their vendors publish: `README.md` says how.

mod clients;
mod duplicates;
mod provenance;
mod requests;
mod servers;

use std::fs;
use std::path::Path;

use plugwright_tests_vendors::CONNECTORS;

#[test]
fn all_connectors_are_compared() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../connectors");
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let mut names: Vec<_> = entries
        .filter(|entry| entry.path().join("Cargo.toml").exists())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    names.sort_unstable();
    let listed: Vec<_> = CONNECTORS
        .iter()
        .map(|connector| connector.name())
        .collect();
    assert_eq!(
        listed, names,
        "list it in src/lib.rs, in alphabetical order"
    );
}
