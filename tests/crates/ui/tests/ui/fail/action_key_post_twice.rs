use plugwright_sdk::{ActionContext, Result, action};

/// Lists things.
#[action("things.list", write, post = "/one", post = "/two")]
async fn list(cx: &ActionContext) -> Result<()>;

fn main() {}
