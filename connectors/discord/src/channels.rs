//! Channels of servers.

use plugwright_sdk::pagination::Whole;
use plugwright_sdk::{ActionContext, Lost, Outcome, Page, Patch, Result, action, params, path};

use crate::lost::newest;
use crate::model::{Channel, ChannelId, ChannelKind, GuildId, Reason};
use crate::reason::because;

/// Lists the channels of a server, without threads.
///
/// Returns name, kind, topic, category and place of each channel.
#[action(read, get = "/guilds/{guild_id}/channels", page = Whole)]
pub async fn list(cx: &ActionContext, guild_id: GuildId) -> Result<Page<Channel>>;

/// Gets one channel, thread or direct message by its id.
///
/// Returns its name, kind, topic, server and category; for a thread, also its state.
#[action(read, get = "/channels/{channel_id}")]
pub async fn get(cx: &ActionContext, channel_id: ChannelId) -> Result<Channel>;

/// Creates a channel in a server.
///
/// The bot needs the permission to manage channels. Returns the new channel with its id.
#[action(write, reconcile(natural = find_created(guild_id, name)))]
pub async fn create(
    cx: &ActionContext,
    guild_id: GuildId,
    /// Name; text channels have lower-case letters and hyphens.
    #[param(length(1..=100), example = "announcements")]
    name: String,
    /// Kind of the channel.
    #[param(default = ChannelKind::Text)]
    kind: ChannelKind,
    /// What it is about.
    #[param(length(..=1024))]
    topic: Option<String>,
    /// Id of the category that it goes into.
    parent_id: Option<ChannelId>,
    /// Whether it is for adults.
    #[param(provider_default = false)]
    nsfw: Option<bool>,
    reason: Option<Reason>,
) -> Result<Channel> {
    let request = cx
        .post(path!("/guilds/{guild_id}/channels"))
        .fields(params![
            name,
            r#type = kind.number(),
            topic,
            parent_id,
            nsfw
        ]);
    because(request, reason).fetch().await
}

async fn find_created(
    cx: &ActionContext,
    lost: &Lost,
    guild_id: GuildId,
    name: String,
) -> Result<Outcome<Channel>> {
    let channels = list(cx, guild_id).await?;
    let is_it = |channel: &Channel| channel.name.as_deref() == Some(&name);
    Ok(newest(lost, channels, |channel| &channel.id, is_it))
}

/// Changes a channel of a server: its name, topic, category, place or slow mode.
///
/// What is not given stays as it is; `null` removes the topic, or takes the channel out of its category.
/// Returns the changed channel.
#[action(write, idempotent)]
pub async fn update(
    cx: &ActionContext,
    channel_id: ChannelId,
    /// New name.
    #[param(length(1..=100))]
    name: Option<String>,
    /// What it is about; `null` removes it.
    #[param(length(..=1024))]
    topic: Patch<String>,
    /// Id of the category that it goes into; `null` takes it out of its category.
    parent_id: Patch<ChannelId>,
    /// New place among the channels.
    position: Option<u16>,
    /// Whether it is for adults.
    nsfw: Option<bool>,
    /// Seconds that people wait between messages; 0 is none.
    #[param(range(..=21600))]
    rate_limit_per_user: Option<u16>,
    reason: Option<Reason>,
) -> Result<Channel> {
    let request = cx.patch(path!("/channels/{channel_id}")).fields(params![
        name,
        topic,
        parent_id,
        position,
        nsfw,
        rate_limit_per_user
    ]);
    because(request, reason).fetch().await
}

/// Deletes a channel with its messages, or a thread, or closes a direct message.
///
/// It can't be undone, except for a direct message. Channels of a deleted category stay. Returns what was
/// deleted.
#[action(destructive, idempotent)]
pub async fn delete(
    cx: &ActionContext,
    channel_id: ChannelId,
    reason: Option<Reason>,
) -> Result<Channel> {
    let request = cx.delete(path!("/channels/{channel_id}"));
    because(request, reason).fetch().await
}
