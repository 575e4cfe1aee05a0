use plugwright_sdk::{ActionContext, Result, action};

/// Lists things.
#[action("things.list", write, post = 5)]
async fn list(cx: &ActionContext) -> Result<()>;

fn main() {}
