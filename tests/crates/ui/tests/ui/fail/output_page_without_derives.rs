use plugwright_sdk::{ActionContext, Page, Result, action};

struct Thing {
    _name: String,
}

/// Lists things.
#[action("things.list", read)]
async fn list(_: &ActionContext) -> Result<Page<Thing>> {
    Ok(Page::new(vec![Thing { _name: String::new() }]))
}

fn main() {}
