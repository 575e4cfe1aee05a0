use plugwright_sdk::{ActionContext, FileInput, Params, Result, action};

/// A picture.
#[derive(Params)]
struct Picture {
    /// Its name.
    name: String,
    /// The picture.
    content: FileInput,
}

/// Saves a picture.
#[action("pictures.save", write)]
async fn save(
    cx: &ActionContext,
    #[param(flatten)] picture: Picture,
) -> Result<()> {
    cx.put("/picture").fields(&picture).fetch().await
}

fn main() {}
