use plugwright_sdk::{ActionContext, Result, action};

/// Lists things.
#[action("things.list", read)]
async fn list(
    _: &ActionContext,
    /// Which.
    #[param(example = 0, range(1..=100))]
    name: u32,
) -> Result<()> {
    let _ = name;
    Ok(())
}

fn main() {}
