use plugwright_sdk::{ActionContext, Page, Result, action, model};

/// A thing.
#[model]
struct Thing {
    /// Its name.
    name: String,
}

/// Lists things.
#[action("things.list", read, get = "/things")]
async fn list(cx: &ActionContext) -> Result<Page<Thing>>;

fn main() {}
