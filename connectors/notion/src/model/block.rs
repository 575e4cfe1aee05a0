//! Blocks, of which the content of pages is made.

use plugwright_sdk::{Value, model};

use super::{Parent, id_of, is_trashed, text_at};
use crate::markdown;

/// A block of a page's content.
#[model]
#[serde(try_from = "Value")]
pub struct Block {
    /// Id.
    pub id: String,
    /// What it is: `paragraph`, `heading_1`, `bulleted_list_item`, `to_do`, `code`, `image`, `child_page`
    /// and the like.
    pub r#type: String,
    /// Its own content in Markdown, without the blocks below it; empty if Markdown has no form for it.
    pub markdown: String,
    /// Whether there are blocks below it.
    pub has_children: bool,
    /// What it is in.
    pub parent: Option<Parent>,
    /// Whether it is in the trash.
    pub in_trash: bool,
    /// When it was made (RFC 3339).
    pub created_time: Option<String>,
    /// When it last changed (RFC 3339).
    pub last_edited_time: Option<String>,
}

impl TryFrom<Value> for Block {
    type Error = &'static str;

    fn try_from(block: Value) -> Result<Self, Self::Error> {
        Ok(Self {
            id: id_of(&block)?,
            r#type: text_at(&block, "/type").ok_or("a block has no type")?,
            markdown: markdown::of_block(&block),
            has_children: block.get("has_children") == Some(&Value::Bool(true)),
            parent: block.get("parent").cloned().map(Parent::from),
            in_trash: is_trashed(&block),
            created_time: text_at(&block, "/created_time"),
            last_edited_time: text_at(&block, "/last_edited_time"),
        })
    }
}
