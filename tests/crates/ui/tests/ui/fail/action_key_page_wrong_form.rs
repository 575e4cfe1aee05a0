use plugwright_sdk::{ActionContext, Page, Result, Value, action};

/// Lists things.
#[action("things.list", read, get = "/things", page)]
async fn list(cx: &ActionContext) -> Result<Page<Value>>;

fn main() {}
