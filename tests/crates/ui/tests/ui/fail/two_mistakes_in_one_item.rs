use plugwright_sdk::{ActionContext, Result, action};

#[action("things.list", reed, titel = "Things")]
async fn list(
    _: &ActionContext,
    name: &str,
) -> Result<()> {
    let _ = name;
    Ok(())
}

fn main() {}
