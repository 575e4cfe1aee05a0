use plugwright_sdk::{ActionContext, Result, action};

const COLOURS: &[&str] = &["red", "green"];

/// Lists things.
#[action("things.list", read)]
async fn list(
    _: &ActionContext,
    /// Which.
    #[param(options = COLOURS, options = COLOURS)]
    name: String,
) -> Result<()> {
    let _ = name;
    Ok(())
}

fn main() {}
