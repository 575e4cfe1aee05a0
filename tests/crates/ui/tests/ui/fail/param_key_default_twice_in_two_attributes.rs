use plugwright_sdk::{ActionContext, Result, action};

/// Lists things.
#[action("things.list", read)]
async fn list(
    _: &ActionContext,
    /// Which.
    #[param(default = "a")]
    #[param(default = "b")]
    name: String,
) -> Result<()> {
    let _ = name;
    Ok(())
}

fn main() {}
