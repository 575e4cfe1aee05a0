use plugwright_sdk::{ActionContext, ConnectorDefinition, Result, actions};

async fn list(_: &ActionContext) -> Result<()> {
    Ok(())
}

pub static CONNECTOR: ConnectorDefinition = ConnectorDefinition::new("things", "Things", "1.0.0").actions(actions![list]);

fn main() {}
