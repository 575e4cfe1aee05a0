use plugwright_sdk::{ActionContext, Result, action};

/// Lists things.
#[action("things.list", write, put = "/one", put = "/two")]
async fn list(cx: &ActionContext) -> Result<()>;

fn main() {}
