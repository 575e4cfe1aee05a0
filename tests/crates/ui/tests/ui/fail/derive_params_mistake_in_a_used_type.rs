use plugwright_sdk::{ActionContext, Params, Result, action};

#[derive(Params)]
struct Window {
    start: u32,
}

/// Lists things.
#[action("things.list", read, get = "/things")]
async fn list(
    cx: &ActionContext,
    #[param(flatten)] window: Window,
    /// Another one.
    other: Window,
) -> Result<()>;

fn main() {}
