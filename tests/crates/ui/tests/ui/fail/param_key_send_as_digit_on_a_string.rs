use plugwright_sdk::{ActionContext, Result, action};

/// Lists things.
#[action("things.list", read, get = "/things")]
async fn list(
    cx: &ActionContext,
    /// Which.
    #[param(send_as = digit)]
    name: String,
) -> Result<()>;

fn main() {}
