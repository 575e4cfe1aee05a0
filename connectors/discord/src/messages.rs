//! Messages in channels, threads and direct messages.

use plugwright_sdk::pagination::Whole;
use plugwright_sdk::{
    ActionContext, Lost, Outcome, Page, Param as _, Result, Value, action, json, params, path,
};

use crate::lost::{MOST_PAGES, first_id};
use crate::model::{ChannelId, Embed, MentionKind, Message, MessageId, Reason};
use crate::pages::Beside;
use crate::reason::because;

/// Lists messages of a channel, thread or direct message, newest first.
///
/// The bot needs the intent for message contents to see texts that don't mention it. Returns text, author,
/// time and files of each message, page by page.
#[action(read, at_most_one(before, after, around))]
pub async fn list(
    cx: &ActionContext,
    channel_id: ChannelId,
    /// Only messages before the one with this id.
    before: Option<MessageId>,
    /// Only messages after the one with this id; the oldest of them come on the first page.
    after: Option<MessageId>,
    /// Only messages around the one with this id, on one page.
    around: Option<MessageId>,
    /// Messages per page.
    #[param(default = 50, range(1..=100))]
    limit: u8,
) -> Result<Page<Message>> {
    let request = cx
        .get(path!("/channels/{channel_id}/messages"))
        .query_params(params![before, after, around, limit]);
    match (after, around) {
        (_, Some(_)) => request.page(Whole).await,
        (Some(_), _) => request.page(Beside::newer(limit.into())).await,
        _ => request.page(Beside::older(limit.into())).await,
    }
}

/// Gets one message by its id.
///
/// Returns its text, author, times, files, reactions and the message that it replies to.
#[action(read, get = "/channels/{channel_id}/messages/{message_id}")]
pub async fn get(
    cx: &ActionContext,
    channel_id: ChannelId,
    message_id: MessageId,
) -> Result<Message>;

/// Says who is notified; everybody who is mentioned if it is not said.
pub(crate) fn allowed(mentions: Option<Vec<MentionKind>>) -> Option<Value> {
    mentions.map(|kinds| json!({ "parse": kinds.encode() }))
}

/// Sends a message to a channel, thread or direct message.
///
/// The text is in Discord's Markdown, with mentions as `<@id>`, `<#id>` and `<@&id>`. Returns the message with
/// its id.
#[action(write, reconcile(natural = find_sent(channel_id, content)))]
pub async fn send(
    cx: &ActionContext,
    channel_id: ChannelId,
    /// The text.
    #[param(length(1..=2000), example = "Hello, world")]
    content: String,
    /// Boxes below the text.
    #[param(length(1..=10))]
    embeds: Option<Vec<Embed>>,
    /// Who is notified by mentions in the text; none of them if it is empty.
    mentions: Option<Vec<MentionKind>>,
) -> Result<Message> {
    cx.post(path!("/channels/{channel_id}/messages"))
        .fields(params![
            content,
            embeds,
            allowed_mentions = allowed(mentions)
        ])
        .fetch()
        .await
}

async fn find_sent(
    cx: &ActionContext,
    lost: &Lost,
    channel_id: ChannelId,
    content: String,
) -> Result<Outcome<Message>> {
    let messages: Page<Message> = cx
        .get(path!("/channels/{channel_id}/messages"))
        .query("after", first_id(lost).to_string())
        .query("limit", 100_u8)
        .pages(Beside::newer(100), MOST_PAGES)
        .await?;
    Ok(Outcome::in_list(messages, |message| {
        message.content.trim() == content.trim()
    }))
}

/// Replies to a message, in the same channel or thread.
///
/// The reply shows the message above it, and notifies its author unless `mention_author` is false. Returns the
/// reply with its id.
#[action(write, reconcile(natural = find_sent(channel_id, content)))]
pub async fn reply(
    cx: &ActionContext,
    channel_id: ChannelId,
    message_id: MessageId,
    /// The text.
    #[param(length(1..=2000))]
    content: String,
    /// Whether the author of the message is notified.
    #[param(default = true)]
    mention_author: bool,
) -> Result<Message> {
    let reference = json!({ "message_id": message_id.0 });
    let allowed = json!({
        "parse": ["users", "roles", "everyone"],
        "replied_user": mention_author,
    });
    cx.post(path!("/channels/{channel_id}/messages"))
        .fields(params![
            content,
            message_reference = reference,
            allowed_mentions = allowed
        ])
        .fetch()
        .await
}

/// Changes the text or boxes of a message that the bot sent.
///
/// What is not given stays as it is. Returns the changed message.
#[action(
    write,
    idempotent,
    patch = "/channels/{channel_id}/messages/{message_id}",
    json
)]
pub async fn update(
    cx: &ActionContext,
    channel_id: ChannelId,
    message_id: MessageId,
    /// New text.
    #[param(length(1..=2000))]
    content: Option<String>,
    /// Boxes in place of those that it has; an empty list removes them.
    #[param(length(..=10))]
    embeds: Option<Vec<Embed>>,
) -> Result<Message>;

/// Deletes a message.
///
/// It can't be undone. For messages of others the bot needs the permission to manage messages. Returns
/// nothing.
#[action(destructive, idempotent)]
pub async fn delete(
    cx: &ActionContext,
    channel_id: ChannelId,
    message_id: MessageId,
    reason: Option<Reason>,
) -> Result<()> {
    let request = cx.delete(path!("/channels/{channel_id}/messages/{message_id}"));
    because(request, reason).fetch().await
}

/// Deletes from 2 to 100 messages of a channel at once, none of them older than two weeks.
///
/// It can't be undone. Messages that are not there are passed over. Returns nothing.
#[action(destructive, idempotent, title = "Delete several messages")]
pub async fn delete_many(
    cx: &ActionContext,
    channel_id: ChannelId,
    /// Ids of the messages.
    #[param(length(2..=100))]
    message_ids: Vec<MessageId>,
    reason: Option<Reason>,
) -> Result<()> {
    let request = cx
        .post(path!("/channels/{channel_id}/messages/bulk-delete"))
        .fields(params![messages = message_ids]);
    because(request, reason).fetch().await
}
