//! Boxes in messages.

use plugwright_sdk::Params;

/// A box in a message.
#[derive(Clone, Debug, Params)]
pub struct Embed {
    /// Title.
    #[param(length(..=256))]
    pub title: Option<String>,
    /// Text, in Markdown.
    #[param(length(..=4096))]
    pub description: Option<String>,
    /// Where the title links to.
    #[param(format = "uri")]
    pub url: Option<String>,
    /// Colour of its edge as a number, such as 16711680 for red.
    #[param(range(0..=16_777_215))]
    pub color: Option<u32>,
    /// A time that is shown at the bottom.
    #[param(format = "date-time")]
    pub timestamp: Option<String>,
    /// A small text at the bottom.
    pub footer: Option<EmbedFooter>,
    /// A picture.
    pub image: Option<EmbedImage>,
    /// Names with values.
    #[param(length(..=25))]
    pub fields: Option<Vec<EmbedField>>,
}

/// A small text at the bottom of a box.
#[derive(Clone, Debug, Params)]
pub struct EmbedFooter {
    /// The text.
    #[param(length(1..=2048))]
    pub text: String,
}

/// A picture in a box.
#[derive(Clone, Debug, Params)]
pub struct EmbedImage {
    /// Where it is.
    #[param(format = "uri")]
    pub url: String,
}

/// A name with a value in a box.
#[derive(Clone, Debug, Params)]
pub struct EmbedField {
    /// Name.
    #[param(length(1..=256))]
    pub name: String,
    /// Value, in Markdown.
    #[param(length(1..=1024))]
    pub value: String,
    /// Whether it may stand beside others.
    pub inline: Option<bool>,
}
