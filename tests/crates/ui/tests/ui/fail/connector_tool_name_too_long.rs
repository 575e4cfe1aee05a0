use plugwright_sdk::{ActionContext, ConnectorDefinition, Result, action, actions};

/// Does something.
#[action("things_that_have_a_long_name.list_with_every_detail_there_is", read)]
async fn list(_: &ActionContext) -> Result<()> {
    Ok(())
}

pub static CONNECTOR: ConnectorDefinition = ConnectorDefinition::new("things", "Things", "1.0.0")
    .actions(actions![list]);

fn main() {}
