use plugwright_sdk::{ActionContext, Result, action};

/// Lists things.
#[action("things.list", read)]
async fn list(
    _: &ActionContext,
    /// Which.
    name: f32,
) -> Result<()> {
    let _ = name;
    Ok(())
}

fn main() {}
