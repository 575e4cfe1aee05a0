//! Comments.

use plugwright_sdk::{Value, model};

use super::{Parent, id_of, text_at};
use crate::markdown;

/// A comment on a page or a block.
#[model]
#[serde(try_from = "Value")]
pub struct Comment {
    /// Id.
    pub id: String,
    /// Id of the discussion that it is in, which `comments.create` takes to reply.
    pub discussion_id: String,
    /// Text, in Markdown.
    pub markdown: String,
    /// The page or block that it is on.
    pub parent: Option<Parent>,
    /// Id of the author.
    pub created_by: Option<String>,
    /// When it was made (RFC 3339).
    pub created_time: Option<String>,
    /// When it last changed (RFC 3339).
    pub last_edited_time: Option<String>,
}

impl TryFrom<Value> for Comment {
    type Error = &'static str;

    fn try_from(comment: Value) -> Result<Self, Self::Error> {
        Ok(Self {
            id: id_of(&comment)?,
            discussion_id: text_at(&comment, "/discussion_id")
                .ok_or("a comment has no discussion")?,
            markdown: markdown::of_spans(&comment["rich_text"]),
            parent: comment.get("parent").cloned().map(Parent::from),
            created_by: text_at(&comment, "/created_by/id"),
            created_time: text_at(&comment, "/created_time"),
            last_edited_time: text_at(&comment, "/last_edited_time"),
        })
    }
}
