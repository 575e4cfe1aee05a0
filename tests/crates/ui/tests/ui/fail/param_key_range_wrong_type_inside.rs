use plugwright_sdk::{ActionContext, Result, action};

/// Lists things.
#[action("things.list", read)]
async fn list(
    _: &ActionContext,
    /// Which.
    #[param(range("a".."b"))]
    name: u32,
) -> Result<()> {
    let _ = name;
    Ok(())
}

fn main() {}
