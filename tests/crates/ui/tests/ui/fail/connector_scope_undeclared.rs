use plugwright_sdk::{ActionContext, Auth, ConnectorDefinition, Result, action, actions, scope};

/// Does something.
#[action("things.list", read, scopes = ["things:read"])]
async fn list(_: &ActionContext) -> Result<()> {
    Ok(())
}

pub static CONNECTOR: ConnectorDefinition = ConnectorDefinition::new("things", "Things", "1.0.0")
    .auth(&[Auth::oauth2("https://example.com/authorize", "https://example.com/token", &[scope("things:write", "Change things")])])
    .actions(actions![list]);

fn main() {}
