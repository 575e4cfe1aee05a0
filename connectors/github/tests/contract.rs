//! The connector keeps to everything that connectors keep to.

#[test]
fn conforms_with_cassettes_of_stated_provenance() {
    plugwright_sdk::testing::check(&plugwright_github::CONNECTOR);
}
