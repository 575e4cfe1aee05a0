use plugwright_sdk::{ActionContext, ConnectorDefinition, Result, action, actions};

/// Does something.
#[action("a.b_c", read)]
async fn first(_: &ActionContext) -> Result<()> {
    Ok(())
}

/// Does something.
#[action("a_b.c", read)]
async fn second(_: &ActionContext) -> Result<()> {
    Ok(())
}

pub static CONNECTOR: ConnectorDefinition = ConnectorDefinition::new("things", "Things", "1.0.0")
    .actions(actions![first, second]);

fn main() {}
