//! The connector keeps to everything that connectors keep to.

#[test]
fn conforms() {
    plugwright_sdk::testing::check(&plugwright_todo::CONNECTOR);
}
