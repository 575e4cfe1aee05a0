//! Content of pages as Markdown.

use plugwright_sdk::{ActionContext, Params, Result, action, json, params, path};

use crate::MARKDOWN_VERSION;
use crate::model::{BlockId, PageContent, PageId};

/// Reads the content of a page as Markdown.
///
/// Also takes the id of a block, whose content it reads. What plain Markdown does not have, such as
/// callouts and mentions, comes as tags. Returns the content, and ids of blocks that were left out.
#[action("pages.get_markdown", read, title = "Read a page as Markdown")]
pub async fn get(
    cx: &ActionContext,
    /// Id of the page, or of a block.
    page_id: BlockId,
    /// Whether transcripts of meetings are part of it.
    #[param(provider_default = false)]
    include_transcript: Option<bool>,
) -> Result<PageContent> {
    cx.get(path!("/pages/{page_id}/markdown"))
        .header("notion-version", MARKDOWN_VERSION)
        .query("include_transcript", include_transcript)
        .fetch()
        .await
}

/// A text to find in the content of a page, and the one that takes its place.
#[derive(Clone, Debug, Params)]
pub struct Edit {
    /// Text to find, in Markdown as `pages.get_markdown` gives it.
    #[param(length(1..))]
    pub old: String,
    /// Text that takes its place, in Markdown; an empty one removes it.
    pub new: String,
    /// Whether every place is changed, and not the first alone.
    pub all: Option<bool>,
}

/// Changes parts of a page's content: finds texts and puts others in their place.
///
/// Edits are made in order. It fails if a text is not there, and if a page or database within the content
/// would be deleted without `allow_deleting_pages`. Returns the whole new content.
#[action("pages.edit_markdown", write, title = "Edit a page's content")]
pub async fn edit(
    cx: &ActionContext,
    page_id: PageId,
    /// Texts to find, and those that take their place.
    #[param(length(1..=100))]
    edits: Vec<Edit>,
    /// Whether pages and databases that are no longer in the content are deleted.
    #[param(provider_default = false)]
    allow_deleting_pages: Option<bool>,
) -> Result<PageContent> {
    let edits: Vec<_> = edits
        .into_iter()
        .map(|edit| {
            let mut update = json!({ "old_str": edit.old, "new_str": edit.new });
            if let Some(all) = edit.all {
                update["replace_all_matches"] = all.into();
            }
            update
        })
        .collect();
    let mut update = json!({ "content_updates": edits });
    if let Some(is_allowed) = allow_deleting_pages {
        update["allow_deleting_content"] = is_allowed.into();
    }
    cx.patch(path!("/pages/{page_id}/markdown"))
        .header("notion-version", MARKDOWN_VERSION)
        .fields(params![r#type = "update_content", update_content = update])
        .fetch()
        .await
}

/// Replaces the whole content of a page by Markdown.
///
/// What was there is gone from the page; its comments too. It fails if a page or database within it would
/// be deleted without `allow_deleting_pages`. Returns the new content.
#[action(
    "pages.replace_markdown",
    destructive,
    idempotent,
    title = "Replace a page's content"
)]
pub async fn replace(
    cx: &ActionContext,
    page_id: PageId,
    /// New content, in Markdown.
    markdown: String,
    /// Whether pages and databases that are no longer in the content are deleted.
    #[param(provider_default = false)]
    allow_deleting_pages: Option<bool>,
) -> Result<PageContent> {
    let mut replacement = json!({ "new_str": markdown });
    if let Some(is_allowed) = allow_deleting_pages {
        replacement["allow_deleting_content"] = is_allowed.into();
    }
    cx.patch(path!("/pages/{page_id}/markdown"))
        .header("notion-version", MARKDOWN_VERSION)
        .fields(params![
            r#type = "replace_content",
            replace_content = replacement
        ])
        .fetch()
        .await
}
