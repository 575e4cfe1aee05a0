use plugwright_sdk::{ActionContext, Result, action};

/// Lists things.
#[action("things.list", read)]
async fn list(
    _: &ActionContext,
    /// Which.
    name: impl ToString,
) -> Result<()> {
    drop(name.to_string());
    Ok(())
}

fn main() {}
