//! Pins: messages that a channel keeps at hand.

use plugwright_sdk::pagination::AfterLast;
use plugwright_sdk::{ActionContext, Page, Result, action, path};

use crate::model::{ChannelId, MessageId, PinnedMessage, Reason};
use crate::reason::because;

/// Lists the pinned messages of a channel, newest pin first.
///
/// Returns each message and when it was pinned, page by page.
#[action(
    read,
    get = "/channels/{channel_id}/messages/pins",
    page = AfterLast::new("before", "/items", "/pinned_at", "/has_more")
)]
pub async fn list(
    cx: &ActionContext,
    channel_id: ChannelId,
    /// Pins per page.
    #[param(range(1..=50), provider_default = 50)]
    limit: Option<u8>,
) -> Result<Page<PinnedMessage>>;

/// Pins a message in its channel.
///
/// It succeeds if the message is pinned already. Returns nothing.
#[action(write, idempotent)]
pub async fn add(
    cx: &ActionContext,
    channel_id: ChannelId,
    message_id: MessageId,
    reason: Option<Reason>,
) -> Result<()> {
    let request = cx.put(path!("/channels/{channel_id}/messages/pins/{message_id}"));
    because(request, reason).fetch().await
}

/// Unpins a message in its channel; the message stays.
///
/// It succeeds if the message is not pinned. Returns nothing.
#[action(write, idempotent)]
pub async fn remove(
    cx: &ActionContext,
    channel_id: ChannelId,
    message_id: MessageId,
    reason: Option<Reason>,
) -> Result<()> {
    let request = cx.delete(path!("/channels/{channel_id}/messages/pins/{message_id}"));
    because(request, reason).fetch().await
}
