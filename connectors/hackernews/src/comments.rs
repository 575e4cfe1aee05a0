//! Comments.

use plugwright_sdk::{ActionContext, Page, Result, action};

use crate::fetch;
use crate::model::{Item, Limit};

/// Lists the comments on a story, poll or comment, one level deep, in the order of the site.
///
/// Returns text, author and time of each, and the ids of the comments on it, whose texts another
/// call with the comment's id lists. Deleted and dead comments are kept, marked so.
#[action(read)]
pub async fn list(
    cx: &ActionContext,
    /// Id of the story, poll or comment.
    #[param(range(1..))]
    id: u64,
    /// Comments per page.
    limit: Limit,
) -> Result<Page<Item>> {
    fetch::check_cursor(cx)?;
    let parent = fetch::existing_item(cx, id).await?;
    fetch::page(cx, &parent.kids, limit.0).await
}
