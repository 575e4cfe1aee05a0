use plugwright_sdk::{ActionContext, Result, action};

const COLOURS: &[&str] = &["red", "green"];

/// Lists things.
#[action("things.list", read)]
async fn list(
    _: &ActionContext,
    /// Which.
    #[param(options = COLOURS)]
    name: u32,
) -> Result<()> {
    let _ = name;
    Ok(())
}

fn main() {}
