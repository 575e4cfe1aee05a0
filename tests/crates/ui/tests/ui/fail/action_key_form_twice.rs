use plugwright_sdk::{ActionContext, Result, action};

/// Lists things.
#[action("things.list", write, post = "/things", form, form)]
async fn list(cx: &ActionContext) -> Result<()>;

fn main() {}
