use plugwright_sdk::{ActionContext, Result, action};

/// Lists things.
#[action("things.list", read)]
async fn list(cx: &mut ActionContext) -> Result<()> {
    let _ = cx;
    Ok(())
}

fn main() {}
