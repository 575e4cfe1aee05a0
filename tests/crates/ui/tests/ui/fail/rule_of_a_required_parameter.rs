use plugwright_sdk::{ActionContext, Params, Result, action};

#[derive(Params)]
#[param(all_or_none(shelf, row))]
struct Place {
    /// Shelf.
    shelf: Option<u32>,
    /// Row.
    #[param(default = 1)]
    row: u32,
}

/// Lists things.
#[action("things.list", read, exactly_one(name, number))]
async fn list(
    _: &ActionContext,
    /// Which.
    name: String,
    /// Which.
    number: Option<u32>,
    /// Where.
    place: Place,
) -> Result<()> {
    let _ = (name, number, place.shelf, place.row);
    Ok(())
}

fn main() {}
