use plugwright_sdk::{ActionContext, Result, action};

/// Lists things.
#[action("things.list", write, write)]
async fn list(_: &ActionContext) -> Result<()> {
    Ok(())
}

fn main() {}
