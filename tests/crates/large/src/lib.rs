//! A connector of 1,100 actions: const evaluation checks them all without tripping a lint.

use plugwright_sdk::{ActionContext, ConnectorDefinition, Result, action, actions};

include!(concat!(env!("OUT_DIR"), "/connector.rs"));

#[cfg(test)]
mod tests {
    use plugwright_sdk::Registry;

    use super::*;

    #[test]
    fn holds_every_action() {
        let registry = Registry::new([&CONNECTOR]).unwrap();

        assert_eq!(CONNECTOR.actions().len(), 1100);
        assert_eq!(registry.actions().len(), 1100);
        assert_eq!(
            registry.find("large_kind_1099_list").unwrap().id(),
            "large.kind_1099.list"
        );
    }
}
