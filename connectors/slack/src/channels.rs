//! Channels, public and private.

use plugwright_sdk::{ActionContext, Lost, Outcome, Page, Result, action, params};

use crate::error::settled;
use crate::lost::MOST_PAGES;
use crate::model::{Channel, ChannelId, ChannelType, Done, Limit, UserId, cursors};

/// Lists channels of the workspace: public ones, or also private ones and direct messages of the token's
/// account.
///
/// Returns name, topic, purpose, number of members and state of each channel, page by page.
#[action(
    read,
    scopes = any("channels:read", "groups:read", "im:read", "mpim:read")
)]
pub async fn list(
    cx: &ActionContext,
    /// Kinds of channels to list; public ones if left out.
    #[param(length(1..))]
    types: Option<Vec<ChannelType>>,
    /// Whether archived channels are left out.
    #[param(default = true)]
    exclude_archived: bool,
    limit: Limit,
) -> Result<Page<Channel>> {
    cx.get("/conversations.list")
        .query_joined("types", ",", types)
        .query_params(params![exclude_archived, limit])
        .page(cursors("/channels"))
        .await
}

/// Gets one channel or direct message by its id.
///
/// Returns its name, topic, purpose, number of members and state.
#[action(
    read,
    scopes = any("channels:read", "groups:read", "im:read", "mpim:read")
)]
pub async fn get(cx: &ActionContext, channel: ChannelId) -> Result<Channel> {
    cx.get("/conversations.info")
        .query_params(params![channel, include_num_members = true])
        .fetch_at("/channel")
        .await
}

/// Creates a channel, public or private, with the token's account as its first member.
///
/// Names have lower-case letters, digits, hyphens and underscores, and are unique in the workspace. Returns
/// the new channel with its id.
#[action(
    write,
    scopes = any("channels:write", "groups:write"),
    reconcile(natural = find_created(name))
)]
pub async fn create(
    cx: &ActionContext,
    /// Name, without `#`.
    #[param(length(1..=80), pattern = "^[^#A-Z .]+$", example = "team-updates")]
    name: String,
    /// Whether only invited people see it.
    #[param(provider_default = false)]
    is_private: Option<bool>,
) -> Result<Channel> {
    cx.post("/conversations.create")
        .form_fields(params![name, is_private])
        .fetch_at("/channel")
        .await
}

/// Names are unique, and who creates a channel is in it.
async fn find_created(cx: &ActionContext, _: &Lost, name: String) -> Result<Outcome<Channel>> {
    let channels: Page<Channel> = cx
        .get("/users.conversations")
        .query("types", "public_channel,private_channel")
        .query("limit", Limit(999))
        .pages(cursors("/channels"), MOST_PAGES)
        .await?;
    Ok(Outcome::in_list(channels, |channel| {
        channel.name.as_deref() == Some(&name)
    }))
}

/// Renames a channel.
///
/// Only who created it and admins may. Returns the channel with its new name.
#[action(write, idempotent, scopes = any("channels:write", "groups:write"))]
pub async fn rename(
    cx: &ActionContext,
    channel: ChannelId,
    /// New name, without `#`.
    #[param(length(1..=80), pattern = "^[^#A-Z .]+$")]
    name: String,
) -> Result<Channel> {
    cx.post("/conversations.rename")
        .form_fields(params![channel, name])
        .fetch_at("/channel")
        .await
}

/// Sets the topic of a channel, which is shown at its top.
///
/// The token's account has to be in the channel. Returns nothing.
#[action(
    write,
    idempotent,
    scopes = any("channels:write", "groups:write", "im:write", "mpim:write"),
    post = "/conversations.setTopic",
    form
)]
pub async fn set_topic(
    cx: &ActionContext,
    channel: ChannelId,
    /// New topic; an empty one removes it.
    #[param(length(..=250))]
    topic: String,
) -> Result<Done>;

/// Sets the purpose of a channel, the description that people read before they join.
///
/// The token's account has to be in the channel. Returns nothing.
#[action(
    write,
    idempotent,
    scopes = any("channels:write", "groups:write", "im:write", "mpim:write"),
    post = "/conversations.setPurpose",
    form
)]
pub async fn set_purpose(
    cx: &ActionContext,
    channel: ChannelId,
    /// New purpose; an empty one removes it.
    #[param(length(..=250))]
    purpose: String,
) -> Result<Done>;

/// Archives a channel: nobody can write in it any more, and its messages stay.
///
/// `channels.unarchive` brings it back. Returns nothing.
#[action(write, idempotent, scopes = any("channels:write", "groups:write"))]
pub async fn archive(cx: &ActionContext, channel: ChannelId) -> Result<Done> {
    let request = cx.post("/conversations.archive").form("channel", channel);
    settled(request.fetch().await, &["already_archived"])
}

/// Brings an archived channel back, so that people can write in it again.
///
/// It needs a user token. Returns nothing.
#[action(write, idempotent, scopes = any("channels:write", "groups:write"))]
pub async fn unarchive(cx: &ActionContext, channel: ChannelId) -> Result<Done> {
    let request = cx.post("/conversations.unarchive").form("channel", channel);
    settled(request.fetch().await, &["not_archived"])
}

/// Invites people to a channel that the token's account is in.
///
/// It fails for all of them if one is in the channel already. Returns the channel.
#[action(
    write,
    scopes = any("channels:write", "groups:write"),
    title = "Invite people to a channel",
    reconcile(natural = find_invited(channel, users))
)]
pub async fn invite(
    cx: &ActionContext,
    channel: ChannelId,
    /// Ids of the people.
    #[param(length(1..=100))]
    users: Vec<UserId>,
) -> Result<Channel> {
    cx.post("/conversations.invite")
        .form_fields(params![channel, users = joined(&users)])
        .fetch_at("/channel")
        .await
}

async fn find_invited(
    cx: &ActionContext,
    _: &Lost,
    channel: ChannelId,
    users: Vec<UserId>,
) -> Result<Outcome<Channel>> {
    let members: Page<String> = cx
        .get("/conversations.members")
        .query_params(params![channel, limit = Limit(999)])
        .pages(cursors("/members"), MOST_PAGES)
        .await?;
    if users.iter().all(|user| members.items.contains(&user.0)) {
        return Ok(Outcome::Done(get(cx, channel).await?));
    }
    Ok(if members.cursor.is_some() {
        Outcome::unknown("the channel has too many members to look through")
    } else {
        Outcome::NotDone
    })
}

pub(crate) fn joined(users: &[UserId]) -> String {
    let ids: Vec<_> = users.iter().map(|user| user.0.as_str()).collect();
    ids.join(",")
}

/// Removes a person from a channel.
///
/// The person's messages stay, and the person can be invited again. Returns nothing.
#[action(write, idempotent, scopes = any("channels:write", "groups:write"))]
pub async fn remove_member(cx: &ActionContext, channel: ChannelId, user: UserId) -> Result<Done> {
    let request = cx
        .post("/conversations.kick")
        .form_fields(params![channel, user]);
    settled(request.fetch().await, &["not_in_channel"])
}

/// Joins a public channel with the token's account.
///
/// It succeeds if the account is in the channel already. Returns the channel.
#[action(write, idempotent, scopes = ["channels:write"])]
pub async fn join(cx: &ActionContext, channel: ChannelId) -> Result<Channel> {
    cx.post("/conversations.join")
        .form("channel", channel)
        .fetch_at("/channel")
        .await
}

/// Leaves a channel with the token's account.
///
/// It succeeds if the account is not in the channel. Returns nothing.
#[action(
    write,
    idempotent,
    scopes = any("channels:write", "groups:write", "im:write", "mpim:write"),
    post = "/conversations.leave",
    form
)]
pub async fn leave(cx: &ActionContext, channel: ChannelId) -> Result<Done>;

/// Lists the ids of the people and bots that are in a channel.
///
/// `users.get` tells who they are. Returns ids, page by page.
#[action(
    read,
    scopes = any("channels:read", "groups:read", "im:read", "mpim:read"),
    get = "/conversations.members",
    page = cursors("/members")
)]
pub async fn list_members(
    cx: &ActionContext,
    channel: ChannelId,
    limit: Limit,
) -> Result<Page<String>>;
