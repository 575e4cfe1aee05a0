use plugwright_sdk::{ActionContext, Result, action};

const COLOURS: &[u32] = &[1, 2];

/// Lists things.
#[action("things.list", read)]
async fn list(
    _: &ActionContext,
    /// Which.
    #[param(options = COLOURS)]
    name: String,
) -> Result<()> {
    let _ = name;
    Ok(())
}

fn main() {}
