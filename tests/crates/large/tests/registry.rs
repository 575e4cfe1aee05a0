//! A connector of many actions is registered like any other.

use plugwright_sdk::host::Registry;
use plugwright_tests_large::CONNECTOR;

#[test]
fn holds_every_action() {
    let registry = Registry::new([&CONNECTOR]).unwrap();

    assert_eq!(CONNECTOR.actions().len(), 1100);
    assert_eq!(registry.action_count(), 1100);
    assert_eq!(
        registry.find("large_kind_1099_list").unwrap().id(),
        "large.kind_1099.list"
    );
}
