//! Rooms: those of the account, and public ones.

use plugwright_sdk::{
    ActionContext, ActionError, ErrorCode, Page, Param, Result, action, json, params,
};

use crate::model::{
    Done, Invite, KnownRoom, Limit, PublicRoom, PublicRooms, Room, RoomId, RoomRef, SentEvent,
    UserId,
};
use crate::sync;

/// Lists the rooms that the account has joined, and its direct chats.
///
/// Returns id, name, topic, alias, number of people and number of unread messages of each.
#[action(read)]
pub async fn list(cx: &ActionContext) -> Result<Page<Room>> {
    Ok(Page::new(sync::rooms(&sync::state(cx, None).await?)))
}

/// Lists the rooms that the account is invited to and has not joined yet.
///
/// `rooms.join` accepts an invitation, `rooms.leave` declines it. Returns the room and who invited.
#[action(read, title = "List invitations to rooms")]
pub async fn list_invites(cx: &ActionContext) -> Result<Page<Invite>> {
    Ok(Page::new(sync::invites(&sync::state(cx, None).await?)))
}

/// Lists public rooms of the account's server or of another one, those with the most people first.
///
/// Filters by words in name, topic and alias. Returns id, name, topic, alias and number of people of each.
#[action(read, title = "List public rooms")]
pub async fn list_public(
    cx: &ActionContext,
    /// Only rooms that have this in name, topic or alias.
    search: Option<String>,
    /// Name of another server whose list it is.
    #[param(example = "matrix.org")]
    server: Option<String>,
    /// Rooms per page.
    limit: Limit,
) -> Result<Page<PublicRoom>> {
    let filter = search.map(|words| json!({ "generic_search_term": words }));
    let since = cx.cursor().map(str::to_owned);
    let answer: PublicRooms = cx
        .post("/client/v3/publicRooms")
        .query("server", server)
        .fields(params![limit, since, filter])
        .fetch()
        .await?;
    let mut page = Page::new(answer.chunk);
    page.cursor = answer.next_batch;
    page.total_count = answer.total_room_count_estimate;
    Ok(page)
}

/// Gets one room that the account has joined.
///
/// Returns name, topic, alias, who may join, whether it is encrypted, and its numbers of people and unread messages.
#[action(read)]
pub async fn get(cx: &ActionContext, room_id: RoomId) -> Result<Room> {
    let answer = sync::state(cx, Some(&room_id.0)).await?;
    let room = sync::rooms(&answer).pop();
    room.ok_or_else(|| {
        ActionError::new(
            ErrorCode::NotFound,
            "the account has joined no room of this id",
        )
    })
}

/// Who may join a new room, and who may do what in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum Preset {
    /// Those who are invited.
    PrivateChat,
    /// Those who are invited, and all may do everything.
    TrustedPrivateChat,
    /// Everybody.
    PublicChat,
}

/// Creates a room and invites people to it.
///
/// It is not encrypted, so that this connector can read it. Returns its id.
#[action(write)]
pub async fn create(
    cx: &ActionContext,
    /// Name.
    #[param(length(1..=255), example = "Lamps")]
    name: String,
    /// What it is about.
    topic: Option<String>,
    /// Who may join.
    #[param(default = Preset::PrivateChat)]
    preset: Preset,
    /// First part of its alias: `lamps` becomes `#lamps:example.org`.
    #[param(pattern = "^[^#:/]+$")]
    alias: Option<String>,
    /// Ids of people to invite.
    invite: Option<Vec<UserId>>,
    /// Whether the server's public list shows it.
    #[param(default = false)]
    listed: bool,
    /// Whether it is a direct chat with the one person who is invited.
    #[param(default = false)]
    is_direct: bool,
) -> Result<KnownRoom> {
    let visibility = if listed { "public" } else { "private" };
    cx.post("/client/v3/createRoom")
        .fields(params![
            name,
            topic,
            preset,
            room_alias_name = alias,
            invite,
            visibility,
            is_direct
        ])
        .fetch()
        .await
}

/// Joins a room by its id or alias, or accepts an invitation to it.
///
/// Nothing changes for a room that the account has joined. Returns the id of the room.
#[action(write, idempotent, post = "/client/v3/join/{room}", json(optional))]
pub async fn join(
    cx: &ActionContext,
    room: RoomRef,
    /// Why, as others in the room see it.
    reason: Option<String>,
) -> Result<KnownRoom>;

/// Leaves a room, or declines an invitation to it.
///
/// Without an invitation there may be no way back. Returns nothing.
#[action(
    destructive,
    idempotent,
    post = "/client/v3/rooms/{room_id}/leave",
    json
)]
pub async fn leave(
    cx: &ActionContext,
    room_id: RoomId,
    /// Why, as others in the room see it.
    reason: Option<String>,
) -> Result<Done>;

/// Changes the name of a room.
///
/// The account needs the power to do so in the room. Returns the id of the change.
#[action(
    write,
    idempotent,
    put = "/client/v3/rooms/{room_id}/state/m.room.name",
    json
)]
pub async fn set_name(
    cx: &ActionContext,
    room_id: RoomId,
    /// New name; an empty one removes it.
    #[param(length(..=255))]
    name: String,
) -> Result<SentEvent>;

/// Changes the topic of a room.
///
/// The account needs the power to do so in the room. Returns the id of the change, which people in the room see.
#[action(
    write,
    idempotent,
    put = "/client/v3/rooms/{room_id}/state/m.room.topic",
    json
)]
pub async fn set_topic(
    cx: &ActionContext,
    room_id: RoomId,
    /// New topic; an empty one removes it.
    topic: String,
) -> Result<SentEvent>;
