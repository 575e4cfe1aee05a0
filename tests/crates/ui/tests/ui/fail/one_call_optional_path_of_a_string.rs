use plugwright_sdk::{ActionContext, Result, action};

/// Gets a thing.
#[action("things.get", read, get = "/things{/id}")]
async fn get(
    cx: &ActionContext,
    /// Which.
    id: String,
) -> Result<()>;

fn main() {}
