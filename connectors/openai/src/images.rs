//! Images.

use plugwright_sdk::http::Multipart;
use plugwright_sdk::{ActionContext, FileInput, Param, Result, action, model};

/// Images that a model made.
#[model]
pub struct Images {
    /// When they were made, in Unix time (seconds).
    pub created: i64,
    /// The images.
    #[serde(rename(deserialize = "data"))]
    pub images: Vec<Image>,
}

/// An image, as an address or as its bytes.
#[model]
pub struct Image {
    /// Where it is for an hour, from the `dall-e` models.
    pub url: Option<String>,
    /// Its bytes in base64, from the other models.
    pub b64_json: Option<String>,
    /// What was drawn in the end.
    pub revised_prompt: Option<String>,
}

/// Draws images of what a text says.
///
/// Returns each image as an address that holds for an hour, or as bytes in base64. It costs money.
#[action(read, title = "Draw images", post = "/images/generations", json)]
pub async fn generate(
    cx: &ActionContext,
    /// What to draw.
    #[param(length(1..=32000), example = "a white siamese cat")]
    prompt: String,
    /// Name of the model.
    #[param(default = "gpt-image-1")]
    model: String,
    /// How many images.
    #[param(range(1..=10), provider_default = 1)]
    n: Option<u32>,
    /// Width and height, such as `1024x1024`; which ones there are depends on the model.
    #[param(example = "1024x1024")]
    size: Option<String>,
    /// How good they are, such as `low`, `medium`, `high`, `standard` or `hd`, by model.
    quality: Option<String>,
    /// `transparent`, `opaque` or `auto`; the `gpt-image` models take it.
    background: Option<String>,
    /// `png`, `jpeg` or `webp`; the `gpt-image` models take it.
    output_format: Option<String>,
) -> Result<Images>;

/// Width and height of an image.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(pattern = "^(auto|[0-9]+x[0-9]+)$", example = "1024x1024")]
pub struct Size(pub String);

/// Changes an image as a text says.
///
/// With a mask, only where the mask is transparent. Returns each image as an address that holds for an
/// hour, or as bytes in base64. It costs money.
#[action(read, title = "Edit an image")]
pub async fn edit(
    cx: &ActionContext,
    /// The image, a PNG, WebP or JPEG file of up to 32 MiB.
    image: FileInput,
    /// What to change.
    #[param(length(1..=32000))]
    prompt: String,
    /// Where to change it: a PNG file of the same size, transparent in these places.
    mask: Option<FileInput>,
    /// Name of the model.
    #[param(default = "gpt-image-1")]
    model: String,
    /// How many images.
    #[param(range(1..=10), provider_default = 1)]
    n: Option<u32>,
    /// Width and height; which ones there are depends on the model.
    size: Option<Size>,
) -> Result<Images> {
    let mut form = Multipart::new().input(cx, "image", &image, None).await?;
    if let Some(mask) = mask {
        form = form.input(cx, "mask", &mask, None).await?;
    }
    form = form.text("prompt", prompt).text("model", model);
    if let Some(n) = n {
        form = form.text("n", n.to_string());
    }
    if let Some(Size(size)) = size {
        form = form.text("size", size);
    }
    cx.post("/images/edits").multipart(form).fetch().await
}
