use plugwright_sdk::{ActionContext, Result, action};

/// Lists things.
#[action("things.list", read)]
async fn list(
    _: &ActionContext,
    /// Which.
    #[param(length(1..=9))]
    name: u32,
) -> Result<()> {
    let _ = name;
    Ok(())
}

fn main() {}
