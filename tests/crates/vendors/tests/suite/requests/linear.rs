//! Linear's schema accepts what its connector sends, and has what its cassettes hold.
//!
//! No package of Linear's has the schema; a crate of its users does.

use std::fs;
use std::path::Path;

use plugwright_linear::CONNECTOR;
use plugwright_sdk::testing::check_graphql;
use plugwright_tests_packages::crates;

#[test]
fn linear() {
    let package = crates::fetch(
        "linear-api",
        "0.1.0",
        Path::new(env!("CARGO_TARGET_TMPDIR")),
    );
    let schema = package.join("schema").join("linear.graphql");
    check_graphql(&CONNECTOR, &fs::read_to_string(schema).unwrap());
}
