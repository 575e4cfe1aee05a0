#![deny(dead_code)]

use plugwright_sdk::{ActionContext, ConnectorDefinition, Result, action, actions};

/// Lists things.
#[action("things.list", read)]
async fn list(_: &ActionContext) -> Result<()> {
    Ok(())
}

/// Gets a thing.
#[action("things.get", read)]
async fn get(_: &ActionContext) -> Result<()> {
    Ok(())
}

pub static CONNECTOR: ConnectorDefinition = ConnectorDefinition::new("things", "Things", "1.0.0").actions(actions![get]);

fn main() {
    assert_eq!(CONNECTOR.actions().len(), 1);
}
