use plugwright_sdk::{ActionContext, Result, action};

/// Lists things.
#[action("things.list", read, get = "/things/{thing")]
async fn list(cx: &ActionContext) -> Result<()>;

fn main() {}
