use plugwright_sdk::{ActionContext, Params, Result, action};

#[derive(Params)]
struct Place {
    shelf: String,
}

/// Lists things.
#[action("things.list", read)]
async fn list(
    _: &ActionContext,
    name: String,
    numbers: Option<Vec<u32>>,
    place: Place,
) -> Result<()> {
    let _ = (name, numbers, place.shelf);
    Ok(())
}

fn main() {}
