use plugwright_sdk::{ActionContext, Param, Result, action};

#[derive(Param)]
enum Colour {
    Red,
}

/// Lists things.
#[action("things.list", read)]
async fn list(
    _: &ActionContext,
    /// Which.
    #[param(default = "red")]
    name: Colour,
) -> Result<()> {
    let _ = name;
    Ok(())
}

fn main() {}
