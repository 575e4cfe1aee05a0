use plugwright_sdk::{ActionContext, Result, action};

/// Lists things.
#[action("things.list", read)]
async fn list(
    _: &ActionContext,
    /// How many.
    #[param(provider_default = 30)]
    size: u32,
) -> Result<()> {
    let _ = size;
    Ok(())
}

fn main() {}
