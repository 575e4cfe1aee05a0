use plugwright_sdk::{Result, action};

/// Lists things.
#[action("things.list", read)]
async fn list() -> Result<()> {
    Ok(())
}

fn main() {}
