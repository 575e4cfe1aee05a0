use plugwright_sdk::{ActionContext, Page, Result, Value, action};
use plugwright_sdk::pagination::LinkHeader;

/// Lists things.
#[action("things.list", read, get = "/things", page = LinkHeader, page = LinkHeader)]
async fn list(cx: &ActionContext) -> Result<Page<Value>>;

fn main() {}
