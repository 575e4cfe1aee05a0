use plugwright_sdk::{ActionContext, Result, action};

struct Thing {
    _name: String,
}

/// Gets a thing.
#[action("things.get", read, get = "/thing")]
async fn get(cx: &ActionContext) -> Result<Thing>;

fn main() {}
