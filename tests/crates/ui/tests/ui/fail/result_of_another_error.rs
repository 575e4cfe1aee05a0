use plugwright_sdk::{ActionContext, action};

/// Lists things.
#[action("things.list", read)]
async fn list(_: &ActionContext) -> Result<(), std::fmt::Error> {
    Ok(())
}

fn main() {}
