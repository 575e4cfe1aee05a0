use plugwright_sdk::{ActionContext, Result, action};

/// Lists things.
#[action("things.list", write, get = "/things", post = "/things")]
async fn list(cx: &ActionContext) -> Result<()>;

fn main() {}
