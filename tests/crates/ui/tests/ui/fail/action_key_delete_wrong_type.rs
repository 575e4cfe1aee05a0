use plugwright_sdk::{ActionContext, Result, action};

/// Lists things.
#[action("things.list", destructive, delete = 5)]
async fn list(cx: &ActionContext) -> Result<()>;

fn main() {}
