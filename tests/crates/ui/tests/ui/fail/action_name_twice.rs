use plugwright_sdk::{ActionContext, Result, action};

/// Lists things.
#[action("things.list", "things.get", read)]
async fn list(_: &ActionContext) -> Result<()> {
    Ok(())
}

fn main() {}
