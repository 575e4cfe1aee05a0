use plugwright_sdk::{ActionContext, Result, action};

/// Lists things.
#[action("things.list", read)]
async fn list(
    _: &ActionContext,
    /// Which.
    #[param = "a"]
    name: String,
) -> Result<()> {
    let _ = name;
    Ok(())
}

fn main() {}
