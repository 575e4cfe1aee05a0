use plugwright_sdk::{ActionContext, Params, Result, action};

#[derive(Params)]
struct Window {
    /// Where it starts.
    start: u32,
}

/// Lists things.
#[action("things.list", read)]
async fn list(
    _: &ActionContext,
    #[param(flatten, rename = "other")]
    name: Window,
) -> Result<()> {
    let _ = name;
    Ok(())
}

fn main() {}
