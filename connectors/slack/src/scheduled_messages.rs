//! Messages that Slack sends later.

use plugwright_sdk::{ActionContext, Lost, Outcome, Page, Result, action, params};

use crate::lost::{MOST_PAGES, shown};
use crate::model::{ChannelId, Done, Limit, Scheduled, ScheduledMessage, Ts, cursors};

/// Schedules a message that Slack sends to a channel at a time of the next 120 days.
///
/// Returns the scheduled message with its id, by which it can be deleted before.
#[action(
    write,
    scopes = ["chat:write"],
    reconcile(natural = find_scheduled(channel, text, post_at))
)]
pub async fn create(
    cx: &ActionContext,
    channel: ChannelId,
    /// The text, in mrkdwn.
    #[param(length(1..=40000))]
    text: String,
    /// When it is sent, as Unix time in seconds.
    #[param(range(1..), example = 1_893_456_000)]
    post_at: u64,
    /// `ts` of the message whose thread it goes to.
    thread_ts: Option<Ts>,
) -> Result<ScheduledMessage> {
    let scheduled: Scheduled = cx
        .post("/chat.scheduleMessage")
        .form_fields(params![channel, text, post_at, thread_ts])
        .fetch()
        .await?;
    Ok(scheduled.into())
}

async fn find_scheduled(
    cx: &ActionContext,
    _: &Lost,
    channel: ChannelId,
    text: String,
    post_at: u64,
) -> Result<Outcome<ScheduledMessage>> {
    let scheduled: Page<ScheduledMessage> = cx
        .get("/chat.scheduledMessages.list")
        .query_params(params![channel, limit = Limit(100)])
        .pages(cursors("/scheduled_messages"), MOST_PAGES)
        .await?;
    Ok(Outcome::in_list(scheduled, |one| {
        one.post_at == post_at && shown(&one.text) == shown(&text)
    }))
}

/// Lists messages that the token's account has scheduled and that are not sent yet.
///
/// Returns id, channel, text and time of each, page by page.
#[action(read, get = "/chat.scheduledMessages.list", page = cursors("/scheduled_messages"))]
pub async fn list(
    cx: &ActionContext,
    /// Only those for the channel with this id.
    channel: Option<ChannelId>,
    /// Scheduled messages per page.
    #[param(range(1..=100), provider_default = 100)]
    limit: Option<u8>,
) -> Result<Page<ScheduledMessage>>;

/// Deletes a scheduled message, so that it is not sent.
///
/// It has to be done a minute before Slack sends it. Returns nothing.
#[action(
    destructive,
    idempotent,
    scopes = ["chat:write"],
    post = "/chat.deleteScheduledMessage",
    form
)]
pub async fn delete(
    cx: &ActionContext,
    channel: ChannelId,
    /// Id of the scheduled message.
    #[param(length(1..))]
    scheduled_message_id: String,
) -> Result<Done>;
