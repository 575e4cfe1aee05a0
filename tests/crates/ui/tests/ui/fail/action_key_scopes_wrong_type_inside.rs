use plugwright_sdk::{ActionContext, Result, action};

/// Lists things.
#[action("things.list", read, scopes = ["a", 5])]
async fn list(_: &ActionContext) -> Result<()> {
    Ok(())
}

fn main() {}
