use plugwright_sdk::{ActionContext, ConnectorDefinition, Result, action, actions};

/// Does something.
#[action("things.list", read)]
async fn list(_: &ActionContext) -> Result<()> {
    Ok(())
}

pub static CONNECTOR: ConnectorDefinition = ConnectorDefinition::new("things", "Things", "1.0.0")
    .actions(actions![list, list]);

fn main() {}
