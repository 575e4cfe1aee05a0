use plugwright_sdk::{ActionContext, Result, action};

#[action("things.list", read)]
async fn list(_: &ActionContext) -> Result<()> {
    Ok(())
}

fn main() {}
