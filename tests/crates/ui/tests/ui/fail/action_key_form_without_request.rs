use plugwright_sdk::{ActionContext, Result, action};

/// Lists things.
#[action("things.list", write, form)]
async fn list(_: &ActionContext) -> Result<()> {
    Ok(())
}

fn main() {}
