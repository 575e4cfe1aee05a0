use plugwright_sdk::{ActionContext, Page, Result, Value, action};

/// Lists things.
#[action("things.list", read, page = plugwright_sdk::pagination::LinkHeader)]
async fn list(_: &ActionContext) -> Result<Page<Value>> {
    Ok(Page::new(vec![]))
}

fn main() {}
