use plugwright_sdk::{ActionContext, Params, Result, action};

/// Where.
#[derive(Params)]
struct Place {
    /// Shelf.
    shelf: Option<u32>,
}

/// Lists things.
#[action("things.list", read, exactly_one(name, shelf), requires(name, row))]
async fn list(
    _: &ActionContext,
    /// Which.
    name: Option<String>,
    #[param(flatten)] place: Place,
) -> Result<()> {
    let _ = (name, place.shelf);
    Ok(())
}

fn main() {}
