//! Webhooks: ways to write in a channel under another name.

use plugwright_sdk::pagination::Whole;
use plugwright_sdk::{
    ActionContext, ActionError, ErrorCode, Lost, Outcome, Page, Result, action, params, path,
};

use crate::lost::newest;
use crate::messages::allowed;
use crate::model::{ChannelId, Embed, MentionKind, Message, Reason, Webhook, WebhookId};
use crate::reason::because;

/// Lists the webhooks of a channel, without their tokens.
///
/// The bot needs the permission to manage webhooks. Returns id, name and kind of each.
#[action(read, get = "/channels/{channel_id}/webhooks", page = Whole)]
pub async fn list(cx: &ActionContext, channel_id: ChannelId) -> Result<Page<Webhook>>;

/// Creates a webhook in a channel.
///
/// `webhooks.send` writes with it. Its token is not returned. Returns the webhook with its id.
#[action(write, reconcile(natural = find_created(channel_id, name)))]
pub async fn create(
    cx: &ActionContext,
    channel_id: ChannelId,
    /// Name that its messages have.
    #[param(length(1..=80), example = "Deployments")]
    name: String,
    reason: Option<Reason>,
) -> Result<Webhook> {
    let request = cx
        .post(path!("/channels/{channel_id}/webhooks"))
        .fields(params![name]);
    because(request, reason).fetch().await
}

async fn find_created(
    cx: &ActionContext,
    lost: &Lost,
    channel_id: ChannelId,
    name: String,
) -> Result<Outcome<Webhook>> {
    let webhooks = list(cx, channel_id).await?;
    let is_it = |webhook: &Webhook| webhook.name.as_deref() == Some(&name);
    Ok(newest(lost, webhooks, |webhook| &webhook.id, is_it))
}

/// Sends a message with a webhook, under its name or another one.
///
/// The webhook's token is asked for first, so the bot needs the permission to manage webhooks. Returns the message
/// with its id.
#[action(write, title = "Send a message with a webhook")]
pub async fn send(
    cx: &ActionContext,
    webhook_id: WebhookId,
    /// The text.
    #[param(length(1..=2000))]
    content: String,
    /// Name in place of the webhook's.
    #[param(length(1..=80))]
    username: Option<String>,
    /// Picture in place of the webhook's.
    #[param(format = "uri")]
    avatar_url: Option<String>,
    /// Id of the thread that it goes to, in the channel of the webhook.
    thread_id: Option<ChannelId>,
    /// Boxes below the text.
    #[param(length(1..=10))]
    embeds: Option<Vec<Embed>>,
    /// Who is notified by mentions in the text; none of them if it is empty.
    mentions: Option<Vec<MentionKind>>,
) -> Result<Message> {
    let webhook: plugwright_sdk::Value = cx.get(path!("/webhooks/{webhook_id}")).fetch().await?;
    let Some(token) = webhook.get("token").and_then(plugwright_sdk::Value::as_str) else {
        let message = "the webhook has no token: it belongs to another app, or follows a channel";
        return Err(ActionError::new(ErrorCode::NotFound, message));
    };
    cx.post(path!("/webhooks/{webhook_id}/{token}"))
        .query("wait", true)
        .query("thread_id", thread_id)
        .fields(params![
            content,
            username,
            avatar_url,
            embeds,
            allowed_mentions = allowed(mentions)
        ])
        .fetch()
        .await
}

/// Deletes a webhook; the messages that it sent stay.
///
/// It can't be undone. Returns nothing.
#[action(destructive, idempotent)]
pub async fn delete(
    cx: &ActionContext,
    webhook_id: WebhookId,
    reason: Option<Reason>,
) -> Result<()> {
    let request = cx.delete(path!("/webhooks/{webhook_id}"));
    because(request, reason).fetch().await
}
