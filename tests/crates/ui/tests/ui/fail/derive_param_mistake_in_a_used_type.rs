use plugwright_sdk::{ActionContext, Param, Result, action};

#[derive(Param)]
#[param(rename_all = "Train-Case")]
enum Colour {
    Red,
}

/// Lists things.
#[action("things.list", read)]
async fn list(
    _: &ActionContext,
    /// Only things of this colour.
    #[param(default = Colour::Red)]
    colour: Colour,
) -> Result<()> {
    let _ = colour;
    Ok(())
}

fn main() {}
