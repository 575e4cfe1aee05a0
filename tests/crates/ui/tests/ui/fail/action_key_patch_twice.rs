use plugwright_sdk::{ActionContext, Result, action};

/// Lists things.
#[action("things.list", write, patch = "/one", patch = "/two")]
async fn list(cx: &ActionContext) -> Result<()>;

fn main() {}
