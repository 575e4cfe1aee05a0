#![allow(dead_code)]

use plugwright_sdk::{ActionContext, Result, action};

/// Lists things.
#[action("things.list", read)]
async fn list(
    _: &ActionContext,
    /// Which.
    #[param(default = 300)]
    name: u8,
) -> Result<()> {
    let _ = name;
    Ok(())
}

fn main() {}
