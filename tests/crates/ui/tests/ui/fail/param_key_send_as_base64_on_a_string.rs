use plugwright_sdk::{ActionContext, Result, action};

/// Saves a thing.
#[action("things.save", write, put = "/thing", json)]
async fn save(
    cx: &ActionContext,
    /// What.
    #[param(send_as = base64)]
    content: String,
) -> Result<()>;

fn main() {}
