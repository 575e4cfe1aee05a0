use plugwright_sdk::{ActionContext, Result, action};

/// Lists things.
#[action("things.list", read)]
async fn list<'a>(_: &'a ActionContext) -> Result<()> {
    Ok(())
}

fn main() {}
