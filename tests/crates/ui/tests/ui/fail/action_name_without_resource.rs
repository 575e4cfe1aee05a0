use plugwright_sdk::{ActionContext, Result, action};

/// Lists things.
#[action("list", read)]
async fn list(_: &ActionContext) -> Result<()> {
    Ok(())
}

fn main() {}
