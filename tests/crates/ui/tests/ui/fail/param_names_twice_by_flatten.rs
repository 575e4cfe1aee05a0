use plugwright_sdk::{ActionContext, Params, Result, action};

#[derive(Params)]
struct Names {
    /// Which.
    name: String,
}

/// Lists things.
#[action("things.list", read)]
async fn list(
    _: &ActionContext,
    /// Which.
    name: String,
    #[param(flatten)]
    other: Names,
) -> Result<()> {
    let _ = (name, other);
    Ok(())
}

fn main() {}
