use plugwright_sdk::{Result, action};

/// Lists things.
#[action("things.list", read)]
async fn list(cx: &String) -> Result<()> {
    drop(cx.clone());
    Ok(())
}

fn main() {}
