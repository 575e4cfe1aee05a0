//! Lists of stories, as the pages of the site show them.

use plugwright_sdk::{ActionContext, Page, Result, action, path};

use crate::fetch;
use crate::model::{Item, Limit};

/// Lists the stories and jobs of the front page, best ranked first.
///
/// Hacker News ranks up to 500. Returns id, title, link, score, author, time and number of comments
/// of each; deleted and dead ones are left out, so a page may be short.
#[action(read, title = "List top stories")]
pub async fn top(cx: &ActionContext, limit: Limit) -> Result<Page<Item>> {
    list(cx, "topstories", limit).await
}

/// Lists the newest stories, whatever their rank.
///
/// Hacker News keeps up to 500. Returns id, title, link, score, author, time and number of comments
/// of each; deleted and dead ones are left out, so a page may be short.
#[action(read, title = "List new stories")]
pub async fn new(cx: &ActionContext, limit: Limit) -> Result<Page<Item>> {
    list(cx, "newstories", limit).await
}

/// Lists the stories that Hacker News ranks as its best.
///
/// Returns id, title, link, score, author, time and number of comments of each; deleted and dead
/// ones are left out, so a page may be short.
#[action(read, title = "List best stories")]
pub async fn best(cx: &ActionContext, limit: Limit) -> Result<Page<Item>> {
    list(cx, "beststories", limit).await
}

/// Lists the latest Ask HN stories: questions to the community.
///
/// Hacker News keeps up to 200. Returns id, title, text, score, author, time and number of comments
/// of each; deleted and dead ones are left out, so a page may be short.
#[action(read, title = "List Ask HN stories")]
pub async fn ask(cx: &ActionContext, limit: Limit) -> Result<Page<Item>> {
    list(cx, "askstories", limit).await
}

/// Lists the latest Show HN stories: what people made and show to the community.
///
/// Hacker News keeps up to 200. Returns id, title, link, score, author, time and number of comments
/// of each; deleted and dead ones are left out, so a page may be short.
#[action(read, title = "List Show HN stories")]
pub async fn show(cx: &ActionContext, limit: Limit) -> Result<Page<Item>> {
    list(cx, "showstories", limit).await
}

/// Lists the latest job stories: what companies are hiring for.
///
/// Hacker News keeps up to 200. Returns id, title, text, link, author and time of each; deleted and
/// dead ones are left out, so a page may be short.
#[action(read, title = "List jobs")]
pub async fn jobs(
    cx: &ActionContext,
    /// Jobs per page.
    limit: Limit,
) -> Result<Page<Item>> {
    list(cx, "jobstories", limit).await
}

async fn list(cx: &ActionContext, name: &str, limit: Limit) -> Result<Page<Item>> {
    fetch::check_cursor(cx)?;
    // The database behind the API has no empty lists: it says `null`.
    let ids: Option<Vec<u64>> = cx.get(path!("/v0/{name}.json")).fetch().await?;
    let page = fetch::page(cx, &ids.unwrap_or_default(), limit.0).await?;
    Ok(page.filter(|item| !item.is_gone()).map(without_kids))
}

/// Hundreds of ids per story would be most of a list; `comments.list` has them.
fn without_kids(mut item: Item) -> Item {
    item.kids.clear();
    item
}
