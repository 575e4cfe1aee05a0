use plugwright_sdk::{ActionContext, Result, action};

/// Lists things.
#[action("things.list", destructive, delete = "/one", delete = "/two")]
async fn list(cx: &ActionContext) -> Result<()>;

fn main() {}
