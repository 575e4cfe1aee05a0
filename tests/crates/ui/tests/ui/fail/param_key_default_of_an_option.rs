use plugwright_sdk::{ActionContext, Patch, Result, action};

/// Lists things.
#[action("things.list", read)]
async fn list(
    _: &ActionContext,
    /// How many.
    #[param(default = 30)]
    size: Option<u32>,
    /// New note.
    #[param(default = "none")]
    note: Patch<String>,
) -> Result<()> {
    let _ = (size, note);
    Ok(())
}

fn main() {}
