use plugwright_sdk::{ActionContext, FileInput, Result, action};

/// Saves a picture.
#[action("pictures.save", write)]
async fn save(
    cx: &ActionContext,
    /// The picture.
    content: FileInput,
) -> Result<()> {
    cx.put("/picture").field("content", content).fetch().await
}

fn main() {}
