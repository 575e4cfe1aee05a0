use plugwright_sdk::{ActionContext, Result, action};

/// Lists things.
#[action("things.List-all", read)]
async fn list(_: &ActionContext) -> Result<()> {
    Ok(())
}

fn main() {}
