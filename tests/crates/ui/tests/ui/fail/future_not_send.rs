use plugwright_sdk::{ActionContext, Result, action};

/// Lists things.
#[action("things.list", read)]
async fn list(_: &ActionContext) -> Result<()> {
    let shared = std::rc::Rc::new(5);
    std::future::ready(()).await;
    drop(shared);
    Ok(())
}

fn main() {}
