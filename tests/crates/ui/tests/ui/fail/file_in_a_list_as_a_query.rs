use plugwright_sdk::{ActionContext, FileInput, Result, action};

/// Saves pictures.
#[action("pictures.save", write)]
async fn save(
    cx: &ActionContext,
    /// The pictures.
    content: Vec<FileInput>,
) -> Result<()> {
    cx.put("/picture").query("content", content).fetch().await
}

fn main() {}
