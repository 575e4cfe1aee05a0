//! Reactions to messages.

use plugwright_sdk::pagination::{CursorField, Pagination as _};
use plugwright_sdk::{ActionContext, Page, Result, Value, action, json, path};

use crate::lost::transaction;
use crate::model::{EventId, Limit, Reaction, RoomId, SentEvent};

/// Lists the reactions to a message, newest first.
///
/// Returns who reacted and how, with the id by which `messages.delete` removes a reaction.
#[action(read)]
pub async fn list(
    cx: &ActionContext,
    room_id: RoomId,
    event_id: EventId,
    limit: Limit,
) -> Result<Page<Reaction>> {
    let events: Page<Value> = cx
        .get(path!(
            "/client/v1/rooms/{room_id}/relations/{event_id}/m.annotation/m.reaction"
        ))
        .query("limit", limit)
        .page(CursorField::new("from", "/next_batch").items("/chunk"))
        .await?;
    // One that was removed has no key any more.
    let mut page = Page::new(events.items.iter().filter_map(Reaction::read).collect());
    page.cursor = events.cursor;
    Ok(page)
}

/// Reacts to a message with an emoji.
///
/// Fails with a conflict if the account has reacted so already. Returns the id of the reaction.
#[action(write, idempotent)]
pub async fn add(
    cx: &ActionContext,
    room_id: RoomId,
    event_id: EventId,
    /// The emoji, or a short text.
    #[param(length(1..=64), example = "👍")]
    key: String,
) -> Result<SentEvent> {
    let id = transaction(cx, "reaction");
    let relation = json!({ "rel_type": "m.annotation", "event_id": event_id.0, "key": key });
    cx.put(path!("/client/v3/rooms/{room_id}/send/m.reaction/{id}"))
        .field("m.relates_to", relation)
        .fetch()
        .await
}
