use plugwright_sdk::{ActionContext, Result, action};

/// Gets a thing.
#[action("things.get", read, get = "/things/{id}")]
async fn get(
    cx: &ActionContext,
    /// Which.
    id: Option<u64>,
) -> Result<()>;

fn main() {}
