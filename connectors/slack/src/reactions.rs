//! Reactions: emoji on messages.

use plugwright_sdk::{ActionContext, Page, Result, action, params};

use crate::error::settled;
use crate::model::{ChannelId, Done, Emoji, Message, Reaction, Ts};

/// Lists the reactions to a message.
///
/// Returns the name of each emoji, how many people reacted with it, and who.
#[action(read, scopes = ["reactions:read"])]
pub async fn list(cx: &ActionContext, channel: ChannelId, ts: Ts) -> Result<Page<Reaction>> {
    let message: Message = cx
        .get("/reactions.get")
        .query_params(params![channel, timestamp = ts, full = true])
        .fetch_at("/message")
        .await?;
    Ok(Page::new(message.reactions.unwrap_or_default()))
}

/// Reacts to a message with an emoji.
///
/// It succeeds if the token's account has reacted with it already. Returns nothing.
#[action(write, idempotent, scopes = ["reactions:write"])]
pub async fn add(cx: &ActionContext, channel: ChannelId, ts: Ts, name: Emoji) -> Result<Done> {
    let request = cx
        .post("/reactions.add")
        .form_fields(params![channel, timestamp = ts, name]);
    settled(request.fetch().await, &["already_reacted"])
}

/// Takes a reaction of the token's account off a message.
///
/// It succeeds if there is no such reaction. Returns nothing.
#[action(write, idempotent, scopes = ["reactions:write"])]
pub async fn remove(cx: &ActionContext, channel: ChannelId, ts: Ts, name: Emoji) -> Result<Done> {
    let request = cx
        .post("/reactions.remove")
        .form_fields(params![channel, timestamp = ts, name]);
    settled(request.fetch().await, &["no_reaction"])
}
