//! Reactions: emoji on messages.

use plugwright_sdk::{ActionContext, Page, Result, action, path};

use crate::model::{ChannelId, Emoji, MessageId, User};
use crate::pages::Beside;

/// Lists the users who reacted to a message with an emoji.
///
/// `messages.get` tells which emoji there are. Returns id and names of each user, page by page.
#[action(read, title = "List users by reaction")]
pub async fn list(
    cx: &ActionContext,
    channel_id: ChannelId,
    message_id: MessageId,
    emoji: Emoji,
    /// Users per page.
    #[param(default = 100, range(1..=100))]
    limit: u8,
) -> Result<Page<User>> {
    cx.get(path!(
        "/channels/{channel_id}/messages/{message_id}/reactions/{emoji}"
    ))
    .query("limit", limit)
    .page(Beside::after_last("/id", limit.into()))
    .await
}

/// Reacts to a message with an emoji.
///
/// It succeeds if the bot has reacted with it already. Returns nothing.
#[action(
    write,
    idempotent,
    put = "/channels/{channel_id}/messages/{message_id}/reactions/{emoji}/@me",
    json(optional)
)]
pub async fn add(
    cx: &ActionContext,
    channel_id: ChannelId,
    message_id: MessageId,
    emoji: Emoji,
) -> Result<()>;

/// Takes a reaction of the bot off a message.
///
/// It succeeds if there is no such reaction. Returns nothing.
#[action(
    write,
    idempotent,
    delete = "/channels/{channel_id}/messages/{message_id}/reactions/{emoji}/@me"
)]
pub async fn remove(
    cx: &ActionContext,
    channel_id: ChannelId,
    message_id: MessageId,
    emoji: Emoji,
) -> Result<()>;
