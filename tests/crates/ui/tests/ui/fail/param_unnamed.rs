use plugwright_sdk::{ActionContext, Result, action};

/// Lists things.
#[action("things.list", read)]
async fn list(
    _: &ActionContext,
    /// Which.
    _: String,
) -> Result<()> {
    Ok(())
}

fn main() {}
