use plugwright_sdk::{ActionContext, Result, action};

/// Lists things.
#[action("things.list", read, get = "/things/{thing-id}")]
async fn list(cx: &ActionContext) -> Result<()>;

fn main() {}
