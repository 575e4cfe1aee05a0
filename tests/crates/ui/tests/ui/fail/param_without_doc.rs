use plugwright_sdk::{ActionContext, Params, Result, action};

#[derive(Params)]
struct Place {
    shelf: String,
    /// Row on the shelf.
    row: u32,
    floor: u8,
}

/// Lists things.
#[action("things.list", read)]
async fn list(
    _: &ActionContext,
    name: String,
    numbers: Option<Vec<u32>>,
    place: Place,
) -> Result<()> {
    let _ = (name, numbers, place.shelf, place.row, place.floor);
    Ok(())
}

fn main() {}
