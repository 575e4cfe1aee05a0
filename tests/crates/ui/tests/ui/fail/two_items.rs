use plugwright_sdk::{ActionContext, Result, action};

/// Lists things.
#[action("things.list")]
async fn list(_: &ActionContext) -> Result<()> {
    Ok(())
}

/// Gets a thing.
#[action("things.get", read, title = 5)]
async fn get(_: &ActionContext) -> Result<()> {
    Ok(())
}

fn main() {}
