use plugwright_sdk::{ActionContext, Result, Value, action};

/// Lists things.
#[action("things.list", read)]
async fn list(cx: &ActionContext) -> Result<Value> {
    cx.get("/things").query_params(5_u32).fetch().await
}

fn main() {}
