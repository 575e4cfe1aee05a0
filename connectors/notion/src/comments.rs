//! Comments on pages and blocks.

use plugwright_sdk::{
    ActionContext, Lost, Outcome, Page, Result, Value, action, json, params, path,
};

use crate::lost::is_new;
use crate::markdown;
use crate::model::{BlockId, Comment, CommentId, PageId, PageSize, results};

/// Lists the open comments on a page or a block.
///
/// Comments on a page don't include those on its blocks. Returns text, discussion, author and times of
/// each, oldest first, page by page.
#[action(read, get = "/comments", page = results())]
pub async fn list(
    cx: &ActionContext,
    /// Id of the page or block that they are on.
    block_id: BlockId,
    /// Comments per page.
    page_size: Option<PageSize>,
) -> Result<Page<Comment>>;

/// Gets one comment by its id.
///
/// Returns its text in Markdown, the discussion and the page or block that it is on, author and times.
#[action(read, get = "/comments/{comment_id}")]
pub async fn get(cx: &ActionContext, comment_id: CommentId) -> Result<Comment>;

/// Adds a comment to a page, a block or a discussion.
///
/// The connection needs the capability to insert comments. Returns the new comment with its id and that
/// of its discussion.
#[action(
    write,
    reconcile(natural = find_created(markdown, page_id, block_id)),
    exactly_one(page_id, block_id, discussion_id)
)]
pub async fn create(
    cx: &ActionContext,
    /// Text, in Markdown without headings and lists.
    #[param(length(1..), example = "Please **cite** your source")]
    markdown: String,
    /// Id of the page that it is on.
    page_id: Option<PageId>,
    /// Id of the block that it is on.
    block_id: Option<BlockId>,
    /// Id of the discussion that it continues.
    #[param(length(1..))]
    discussion_id: Option<String>,
) -> Result<Comment> {
    let page = page_id.map(|PageId(id)| json!({ "page_id": id }));
    let parent = page.or_else(|| block_id.map(|BlockId(id)| json!({ "block_id": id })));
    let rich_text = Value::Array(markdown::spans(&markdown)?);
    cx.post("/comments")
        .fields(params![parent, discussion_id, rich_text])
        .fetch()
        .await
}

async fn find_created(
    cx: &ActionContext,
    lost: &Lost,
    markdown: String,
    page_id: Option<PageId>,
    block_id: Option<BlockId>,
) -> Result<Outcome<Comment>> {
    let Some(id) = page_id
        .map(|page| page.0)
        .or_else(|| block_id.map(|block| block.0))
    else {
        return Ok(Outcome::unknown(
            "the comments of a discussion can't be listed",
        ));
    };
    let text = markdown::plain(&Value::Array(markdown::spans(&markdown)?));
    let comments: Page<Value> = cx
        .get("/comments")
        .query_params(params![block_id = id, page_size = PageSize(100)])
        .pages(results(), Lost::MOST_PAGES)
        .await?;
    let outcome = Outcome::in_list(comments, |comment| {
        markdown::plain(&comment["rich_text"]).trim() == text.trim() && is_new(lost, comment)
    });
    outcome.try_map(|comment| Comment::try_from(comment).map_err(crate::pages::invalid))
}

/// Replaces the text of a comment of the connection's own.
///
/// The discussion and the page or block that it is on stay as they are. Returns the changed comment.
#[action(write, idempotent)]
pub async fn update(
    cx: &ActionContext,
    comment_id: CommentId,
    /// New text, in Markdown without headings and lists.
    #[param(length(1..))]
    markdown: String,
) -> Result<Comment> {
    let rich_text = Value::Array(markdown::spans(&markdown)?);
    cx.patch(path!("/comments/{comment_id}"))
        .field("rich_text", rich_text)
        .fetch()
        .await
}

/// Deletes a comment of the connection's own, for good.
///
/// The discussion goes with its last comment. Returns nothing.
#[action(destructive, idempotent)]
pub async fn delete(cx: &ActionContext, comment_id: CommentId) -> Result<()> {
    let _deleted: Comment = cx.delete(path!("/comments/{comment_id}")).fetch().await?;
    Ok(())
}
