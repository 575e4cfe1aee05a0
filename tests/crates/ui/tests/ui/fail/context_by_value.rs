use plugwright_sdk::{ActionContext, Result, action};

/// Lists things.
#[action("things.list", read)]
async fn list(cx: ActionContext) -> Result<()> {
    drop(cx);
    Ok(())
}

fn main() {}
