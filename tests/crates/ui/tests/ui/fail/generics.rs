use plugwright_sdk::{ActionContext, Result, action};

/// Lists things.
#[action("things.list", read)]
async fn list<T: ToString>(
    _: &ActionContext,
    /// Which.
    name: T,
) -> Result<()> {
    drop(name.to_string());
    Ok(())
}

fn main() {}
