use plugwright_sdk::{ActionContext, Result, action};

/// Lists things.
#[action("things.list", write, post = "/things")]
async fn list(
    cx: &ActionContext,
    /// Which.
    name: String,
) -> Result<()>;

fn main() {}
