use plugwright_sdk::{ActionContext, Auth, ConnectorDefinition, Result, action, actions};

/// Does something.
#[action("things.list", read, auth = [1])]
async fn list(_: &ActionContext) -> Result<()> {
    Ok(())
}

pub static CONNECTOR: ConnectorDefinition = ConnectorDefinition::new("things", "Things", "1.0.0")
    .auth(&[Auth::bearer_token("Token")])
    .actions(actions![list]);

fn main() {}
