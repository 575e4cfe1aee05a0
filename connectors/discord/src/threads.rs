//! Threads: channels within a channel.

use plugwright_sdk::pagination::{Pagination as _, Whole};
use plugwright_sdk::{ActionContext, Lost, Outcome, Page, Result, action, params, path};

use crate::channels;
use crate::error::says;
use crate::lost::newest;
use crate::model::{Channel, ChannelId, GuildId, MessageId, Reason};
use crate::reason::because;

/// Discord's code for a message that has a thread.
const HAS_THREAD: u64 = 160_004;

/// Lists the threads of a server that are not archived, newest first.
///
/// Returns name, channel, number of messages and state of each thread.
#[action(
    read,
    get = "/guilds/{guild_id}/threads/active",
    page = Whole.items("/threads")
)]
pub async fn list(cx: &ActionContext, guild_id: GuildId) -> Result<Page<Channel>>;

/// Starts a thread in a channel, without a message that it belongs to.
///
/// Messages in it are sent with `messages.send`. Returns the thread with its id.
#[action(write, reconcile(natural = find_created(channel_id, name)))]
pub async fn create(
    cx: &ActionContext,
    channel_id: ChannelId,
    /// Name of the thread.
    #[param(length(1..=100))]
    name: String,
    /// Whether only people who are added to it see it.
    #[param(default = false)]
    private: bool,
    reason: Option<Reason>,
) -> Result<Channel> {
    let kind: u8 = if private { 12 } else { 11 };
    let request = cx
        .post(path!("/channels/{channel_id}/threads"))
        .fields(params![name, r#type = kind]);
    because(request, reason).fetch().await
}

async fn find_created(
    cx: &ActionContext,
    lost: &Lost,
    channel_id: ChannelId,
    name: String,
) -> Result<Outcome<Channel>> {
    let channel = channels::get(cx, channel_id.clone()).await?;
    let Some(guild_id) = channel.guild_id else {
        return Ok(Outcome::unknown("the channel belongs to no server"));
    };
    let threads = list(cx, GuildId(guild_id)).await?;
    Ok(newest(
        lost,
        threads,
        |thread| &thread.id,
        |thread| {
            thread.parent_id.as_deref() == Some(&channel_id.0)
                && thread.name.as_deref() == Some(&name)
        },
    ))
}

/// Starts a thread that belongs to a message.
///
/// If the message has one, that one is returned, whatever its name. The thread has the id of the message. Returns
/// the thread.
#[action(write, title = "Create a thread from a message")]
pub async fn create_from_message(
    cx: &ActionContext,
    channel_id: ChannelId,
    message_id: MessageId,
    /// Name of the thread.
    #[param(length(1..=100))]
    name: String,
    reason: Option<Reason>,
) -> Result<Channel> {
    let request = cx
        .post(path!(
            "/channels/{channel_id}/messages/{message_id}/threads"
        ))
        .fields(params![name]);
    match because(request, reason).fetch().await {
        Err(error) if says(&error, HAS_THREAD) => channels::get(cx, ChannelId(message_id.0)).await,
        other => other,
    }
}

/// Changes a thread: its name, or whether it is archived or locked.
///
/// What is not given stays as it is. Returns the changed thread.
#[action(write, idempotent)]
pub async fn update(
    cx: &ActionContext,
    /// Id of the thread.
    thread_id: ChannelId,
    /// New name.
    #[param(length(1..=100))]
    name: Option<String>,
    /// Whether it is archived.
    archived: Option<bool>,
    /// Whether only moderators can open it again.
    locked: Option<bool>,
    reason: Option<Reason>,
) -> Result<Channel> {
    let request = cx
        .patch(path!("/channels/{thread_id}"))
        .fields(params![name, archived, locked]);
    because(request, reason).fetch().await
}
