use plugwright_sdk::{ActionContext, Result, action};

/// Lists things.
#[action("things.list", read, deprecated = "One", deprecated = "Two")]
async fn list(_: &ActionContext) -> Result<()> {
    Ok(())
}

fn main() {}
