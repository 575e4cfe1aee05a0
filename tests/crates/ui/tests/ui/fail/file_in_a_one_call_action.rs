use plugwright_sdk::{ActionContext, FileInput, Result, action};

/// Saves a picture.
#[action("pictures.save", write, put = "/picture", json)]
async fn save(
    cx: &ActionContext,
    /// The picture.
    content: FileInput,
) -> Result<()>;

fn main() {}
