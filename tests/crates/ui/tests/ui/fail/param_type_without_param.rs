use plugwright_sdk::{ActionContext, Result, action};

struct Thing;

/// Lists things.
#[action("things.list", read)]
async fn list(
    _: &ActionContext,
    /// Which.
    name: Thing,
) -> Result<()> {
    let _ = name;
    Ok(())
}

fn main() {}
