use plugwright_sdk::{ActionContext, Result, action};

/// Lists things.
#[action("things.list", read, title = "One", title = "Two")]
async fn list(_: &ActionContext) -> Result<()> {
    Ok(())
}

fn main() {}
