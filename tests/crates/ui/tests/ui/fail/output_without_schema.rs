use plugwright_sdk::{ActionContext, Result, action};

#[derive(plugwright_sdk::serde::Serialize)]
#[serde(crate = "plugwright_sdk::serde")]
struct Thing {
    name: String,
}

/// Gets a thing.
#[action("things.get", read)]
async fn get(_: &ActionContext) -> Result<Thing> {
    Ok(Thing { name: String::new() })
}

fn main() {}
