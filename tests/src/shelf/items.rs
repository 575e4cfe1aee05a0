//! Items.

use plugwright_sdk::pagination::{CursorField, Pagination};
use plugwright_sdk::{ActionContext, Page, Result, action};

use super::model::Item;

/// Lists all items, in the order in which they were created.
///
/// Returns id, name and note of each item, page by page.
#[action(read)]
pub async fn list(
    cx: &ActionContext,
    /// Items per page.
    #[param(provider_default = 50, range(1..=100))]
    limit: Option<u32>,
) -> Result<Page<Item>> {
    cx.get("/items")
        .query("limit", limit)
        .page(CursorField::new("cursor", "/next_cursor").items("/items"))
        .await
}

/// Gets one item by its id.
///
/// Returns its id, name and note, wherever in the list it is.
#[action(read, get = "/items/{id}")]
pub async fn get(
    cx: &ActionContext,
    /// Id of the item.
    id: String,
) -> Result<Item>;

/// Creates an item at the end of the list.
///
/// Returns the new item with its id. A name that another item has is refused as a conflict.
#[action(write, post = "/items", json)]
pub async fn create(
    cx: &ActionContext,
    /// Name of the item, which no other item has.
    #[param(length(1..=100), example = "Lamp")]
    name: String,
    /// What the item is for.
    #[param(length(..=500))]
    note: Option<String>,
) -> Result<Item>;
