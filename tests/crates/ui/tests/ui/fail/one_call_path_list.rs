use plugwright_sdk::{ActionContext, Result, action};

/// Gets things.
#[action("things.get", read, get = "/things/{ids}")]
async fn get(
    cx: &ActionContext,
    /// Which.
    ids: Vec<u64>,
) -> Result<()>;

fn main() {}
