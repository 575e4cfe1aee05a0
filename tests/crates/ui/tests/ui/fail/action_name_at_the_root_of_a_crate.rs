use plugwright_sdk::{ActionContext, Result, action};

/// Lists things.
#[action(read)]
async fn list(_: &ActionContext) -> Result<()> {
    Ok(())
}

fn main() {}
