use plugwright_sdk::{ActionContext, Result, action};

struct Thing {
    _name: String,
}

/// Gets a thing.
#[action("things.get", read)]
async fn get(_: &ActionContext) -> Result<Thing> {
    Ok(Thing { _name: String::new() })
}

fn main() {}
