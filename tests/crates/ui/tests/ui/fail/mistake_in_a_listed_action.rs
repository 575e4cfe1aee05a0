use plugwright_sdk::{ActionContext, ConnectorDefinition, Result, action, actions};

/// Lists things.
#[action("things.list", reed)]
pub async fn list(
    cx: &ActionContext,
    /// Which.
    name: String,
) -> Result<String> {
    drop(cx.params());
    Ok(name)
}

pub static CONNECTOR: ConnectorDefinition = ConnectorDefinition::new("things", "Things", "1.0.0").actions(actions![list]);

async fn call(cx: &ActionContext) -> Result<String> {
    list(cx, "a".to_owned()).await
}

fn main() {}
