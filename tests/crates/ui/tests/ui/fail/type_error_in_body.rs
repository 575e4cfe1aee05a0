use plugwright_sdk::{ActionContext, Result, action};

/// Lists things.
#[action("things.list", read)]
async fn list(_: &ActionContext) -> Result<()> {
    let names: u32 = "a";
    Ok(())
}

fn main() {}
