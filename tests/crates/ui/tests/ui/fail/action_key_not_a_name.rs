use plugwright_sdk::{ActionContext, Result, action};

/// Lists things.
#[action("things.list", read, 5)]
async fn list(_: &ActionContext) -> Result<()> {
    Ok(())
}

fn main() {}
