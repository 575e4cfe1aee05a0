use plugwright_sdk::{ActionContext, Result, action};

/// Lists things.
#[action("things.list", read, get = "/things?all=true")]
async fn list(cx: &ActionContext) -> Result<()>;

fn main() {}
