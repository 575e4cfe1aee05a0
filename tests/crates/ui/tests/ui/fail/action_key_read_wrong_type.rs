use plugwright_sdk::{ActionContext, Result, action};

/// Lists things.
#[action("things.list", read = true)]
async fn list(_: &ActionContext) -> Result<()> {
    Ok(())
}

fn main() {}
