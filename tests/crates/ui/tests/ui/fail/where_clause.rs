use plugwright_sdk::{ActionContext, Result, action};

/// Lists things.
#[action("things.list", read)]
async fn list(_: &ActionContext) -> Result<()>
where
    String: Clone,
{
    Ok(())
}

fn main() {}
