//! Threads: replies to a message.

use plugwright_sdk::{ActionContext, Lost, Outcome, Page, Result, action};

use crate::messages::{self, find_sent};
use crate::model::{ChannelId, Limit, Message, Ts, cursors};

/// Replies in the thread of a message.
///
/// The text is in Slack's mrkdwn. The first reply starts the thread. Returns the reply with its `ts`.
#[action(
    write,
    scopes = ["chat:write"],
    reconcile(natural = find_reply(channel, thread_ts, text))
)]
pub async fn reply(
    cx: &ActionContext,
    channel: ChannelId,
    /// `ts` of the message that starts the thread.
    thread_ts: Ts,
    /// The text.
    #[param(length(1..=40000))]
    text: String,
    /// Whether the reply is shown in the channel too.
    #[param(provider_default = false)]
    reply_broadcast: Option<bool>,
) -> Result<Message> {
    let thread_ts = Some(thread_ts);
    messages::send(
        cx,
        channel,
        text,
        thread_ts,
        reply_broadcast,
        None,
        None,
        None,
    )
    .await
}

async fn find_reply(
    cx: &ActionContext,
    lost: &Lost,
    channel: ChannelId,
    thread_ts: Ts,
    text: String,
) -> Result<Outcome<Message>> {
    find_sent(cx, lost, channel, text, Some(thread_ts)).await
}

/// Lists the messages of a thread, oldest first: the message that starts it, and the replies.
///
/// Returns text, author and `ts` of each message, page by page.
#[action(
    read,
    scopes = any("channels:history", "groups:history", "im:history", "mpim:history"),
    get = "/conversations.replies",
    page = cursors("/messages")
)]
pub async fn list(
    cx: &ActionContext,
    channel: ChannelId,
    /// `ts` of the message that starts the thread.
    ts: Ts,
    /// Only messages after this one, or after this Unix time.
    oldest: Option<Ts>,
    /// Only messages before this one, or before this Unix time.
    latest: Option<Ts>,
    limit: Limit,
) -> Result<Page<Message>>;
