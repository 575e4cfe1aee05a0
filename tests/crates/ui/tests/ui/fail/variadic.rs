use plugwright_sdk::{ActionContext, Result, action};

/// Lists things.
#[action("things.list", read)]
async fn list(_: &ActionContext, names: ...) -> Result<()> {
    Ok(())
}

fn main() {}
