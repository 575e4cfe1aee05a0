use plugwright_sdk::{ActionContext, ConnectorDefinition, Result, action, actions};

/// Lists things.
#[action("things.list", read)]
async fn list(_: &ActionContext) -> Result<()> {
    let names = ;
    Ok(())
}

pub static CONNECTOR: ConnectorDefinition = ConnectorDefinition::new("things", "Things", "1.0.0").actions(actions![list]);

async fn call(cx: &ActionContext) -> Result<()> {
    list(cx).await
}

fn main() {}
