use plugwright_sdk::{ActionContext, Result, action};

/// Lists things.
#[action("things.list", read)]
async fn list(
    _: &ActionContext,
    /// Which.
    #[param(default = 1.5, range(..1.5))]
    name: f64,
) -> Result<()> {
    let _ = name;
    Ok(())
}

fn main() {}
