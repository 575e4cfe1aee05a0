use plugwright_sdk::{ActionContext, Result, action};

struct Thing;

/// Lists things.
#[action("things.list", read)]
async fn list(_: &ActionContext) -> Result<Thing> {
    Ok(Thing)
}

/// Gets a thing.
#[action("things.get", read)]
async fn get(
    _: &ActionContext,
    /// Which.
    thing: Thing,
) -> Result<()> {
    drop(thing);
    Ok(())
}

fn main() {}
