use plugwright_sdk::{ActionContext, Result, action, model};

/// A thing.
#[model]
struct Thing {
    /// Its name.
    name: String,
}

/// Lists things.
#[action("things.list", read, get = "/things")]
async fn list(cx: &ActionContext) -> Result<Vec<Thing>>;

fn main() {}
