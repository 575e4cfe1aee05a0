//! Single items.

use plugwright_sdk::{ActionContext, Result, action};

use crate::fetch;
use crate::model::{Item, PollOption};

/// Gets a story, comment, job, poll or poll option by its id.
///
/// Returns type, title, text, link, author, time, score and the ids of the comments on it; of a
/// poll also the options with their votes. Deleted and dead items say so.
#[action(read)]
pub async fn get(
    cx: &ActionContext,
    /// Id of the item, as in the address of its page.
    #[param(range(1..))]
    id: u64,
) -> Result<Item> {
    let mut item = fetch::existing_item(cx, id).await?;
    let options = fetch::items(cx, item.parts.clone()).await?;
    item.options = options
        .into_iter()
        .filter(|option| !option.is_gone())
        .map(PollOption::from)
        .collect();
    Ok(item)
}
