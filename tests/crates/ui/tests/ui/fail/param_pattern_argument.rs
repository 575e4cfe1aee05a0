use plugwright_sdk::{ActionContext, Result, action};

/// Lists things.
#[action("things.list", read)]
async fn list(
    _: &ActionContext,
    /// Which.
    (name, other): (String, String),
) -> Result<()> {
    let _ = (name, other);
    Ok(())
}

fn main() {}
