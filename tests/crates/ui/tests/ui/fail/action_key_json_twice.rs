use plugwright_sdk::{ActionContext, Result, action};

/// Lists things.
#[action("things.list", write, post = "/things", json, json)]
async fn list(cx: &ActionContext) -> Result<()>;

fn main() {}
