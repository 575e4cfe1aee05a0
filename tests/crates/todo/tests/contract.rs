//! The connector follows the rules for connectors.

#[test]
fn conforms() {
    plugwright_sdk::testing::check(&plugwright_todo::CONNECTOR);
}
