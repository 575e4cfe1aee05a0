//! Pins: messages that a channel keeps at hand.

use plugwright_sdk::pagination::{Pagination as _, Whole};
use plugwright_sdk::{ActionContext, Page, Result, action, params};

use crate::error::settled;
use crate::model::{ChannelId, Done, PinnedItem, Ts};

/// Lists what is pinned in a channel, newest pin first.
///
/// Returns each pinned message or file, who pinned it and when.
#[action(read, scopes = ["pins:read"], get = "/pins.list", page = Whole.items("/items"))]
pub async fn list(cx: &ActionContext, channel: ChannelId) -> Result<Page<PinnedItem>>;

/// Pins a message in its channel.
///
/// It succeeds if the message is pinned already. Returns nothing.
#[action(write, idempotent, scopes = ["pins:write"])]
pub async fn add(cx: &ActionContext, channel: ChannelId, ts: Ts) -> Result<Done> {
    let request = cx
        .post("/pins.add")
        .form_fields(params![channel, timestamp = ts]);
    settled(request.fetch().await, &["already_pinned"])
}

/// Unpins a message in its channel; the message stays.
///
/// It succeeds if the message is not pinned. Returns nothing.
#[action(write, idempotent, scopes = ["pins:write"])]
pub async fn remove(cx: &ActionContext, channel: ChannelId, ts: Ts) -> Result<Done> {
    let request = cx
        .post("/pins.remove")
        .form_fields(params![channel, timestamp = ts]);
    settled(request.fetch().await, &["no_pin", "not_pinned"])
}
