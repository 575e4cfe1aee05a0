//! `new --openapi`: crates for the operations of a document.

use std::fs;
use std::path::Path;

use crate::binary::{Ran, command, finish};

const PETSTORE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../connector-generate/tests/petstore.yaml"
);

fn run(folder: &Path, arguments: &[&str]) -> Ran {
    let arguments = [&["new", "petstore"][..], arguments].concat();
    finish(command(&arguments).current_dir(folder))
}

#[test]
fn a_document_becomes_a_crate() {
    let folder = tempfile::tempdir().unwrap();
    let ran = run(
        folder.path(),
        &["--openapi", PETSTORE, "--operations", "pets.*,/me"],
    );
    assert_eq!(ran.exit, 0, "{}", ran.err);
    let read = |path: &str| {
        let path = folder.path().join("plugwright-petstore").join(path);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };
    assert!(read("src/pets.rs").contains("pub async fn list("));
    assert!(read("src/main.rs").contains("plugwright_petstore::CONNECTOR"));
    assert!(read("Cargo.toml").contains("description = \"Petstore for Plugwright\""));
    assert!(read("tests/cassettes/pets.list.json").contains("vendor-example"));
    assert!(ran.out.contains("src/me.rs\n"), "{}", ran.out);
    for part in ["7 actions", "cargo test", "run petstore.pets.list --replay"] {
        assert!(ran.err.contains(part), "{part}: {}", ran.err);
    }
}

#[test]
fn an_imported_connector_becomes_a_crate() {
    let folder = tempfile::tempdir().unwrap();
    let import = ["import", PETSTORE, "--name", "petstore"];
    let imported = finish(command(&import).current_dir(folder.path()));
    assert_eq!(imported.exit, 0, "{}", imported.err);
    let ran = run(folder.path(), &["--openapi", PETSTORE]);
    assert_eq!(ran.exit, 0, "{}", ran.err);
}

#[test]
fn what_can_not_be_written_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("bad.yaml"), "a: 1").unwrap();
    for (arguments, exit, part) in [
        (
            &["--openapi", PETSTORE, "--operations", "orders.*"][..],
            4,
            "the document has pets (6)",
        ),
        (&["--openapi", "bad.yaml"], 4, "expected OpenAPI 3"),
        (
            &["--openapi", "nowhere.yaml"],
            4,
            "(`nowhere.yaml`) can't be used",
        ),
        (
            &["--openapi", PETSTORE, "--auth", "none"],
            4,
            "cannot be used with",
        ),
        (
            &["--auth", "none", "--operations", "a"],
            4,
            "cannot be used with",
        ),
        (&[], 4, "--auth"),
    ] {
        let ran = run(folder.path(), arguments);
        assert_eq!(ran.exit, exit, "{arguments:?}: {}", ran.err);
        assert!(ran.err.contains(part), "{arguments:?}: {}", ran.err);
        assert!(!folder.path().join("plugwright-petstore").exists());
    }
}
