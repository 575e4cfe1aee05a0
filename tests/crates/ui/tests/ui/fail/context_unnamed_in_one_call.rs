use plugwright_sdk::{ActionContext, Result, action};

/// Lists things.
#[action("things.list", read, get = "/things")]
async fn list(_: &ActionContext) -> Result<()>;

fn main() {}
