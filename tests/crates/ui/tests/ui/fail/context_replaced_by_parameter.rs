use plugwright_sdk::{Result, action};

/// Lists things.
#[action("things.list", read)]
async fn list(
    /// Which.
    name: String,
) -> Result<()> {
    drop(name);
    Ok(())
}

fn main() {}
