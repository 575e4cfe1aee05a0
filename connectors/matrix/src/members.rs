//! People in rooms.

use plugwright_sdk::pagination::{Pagination as _, Whole};
use plugwright_sdk::{ActionContext, Lost, Outcome, Page, Param, Result, Value, action, path};

use crate::model::{Done, Member, RoomId, UserId};

/// What a person is to a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum Membership {
    /// In it.
    Join,
    /// Invited to it.
    Invite,
    /// Asks to be let in.
    Knock,
    /// Was in it, or declined.
    Leave,
    /// Shut out.
    Ban,
}

/// Lists the people in a room, or those who are invited, have left or are banned.
///
/// Returns id, name for people and membership of each.
#[action(read)]
pub async fn list(
    cx: &ActionContext,
    room_id: RoomId,
    /// What they are to the room.
    #[param(default = Membership::Join)]
    membership: Membership,
) -> Result<Page<Member>> {
    let members: Page<Value> = cx
        .get(path!("/client/v3/rooms/{room_id}/members"))
        .query("membership", membership)
        .page(Whole.items("/chunk"))
        .await?;
    Ok(members.map(|event| Member::read(&event)))
}

/// Invites a person to a room.
///
/// Nothing changes for one who is invited already. Returns nothing; fails for one who is in the room or banned.
#[action(write, idempotent, post = "/client/v3/rooms/{room_id}/invite", json)]
pub async fn invite(
    cx: &ActionContext,
    room_id: RoomId,
    user_id: UserId,
    /// Why, as the person sees it.
    reason: Option<String>,
) -> Result<Done>;

/// Removes a person from a room, or takes an invitation back.
///
/// The person may join or be invited again. The account needs the power to do so. Returns nothing.
#[action(
    destructive,
    reconcile(natural = find_left(room_id, user_id)),
    post = "/client/v3/rooms/{room_id}/kick",
    json
)]
pub async fn kick(
    cx: &ActionContext,
    room_id: RoomId,
    user_id: UserId,
    /// Why, as others in the room see it.
    reason: Option<String>,
) -> Result<Done>;

/// Shuts a person out of a room, who can't come back before `members.unban`.
///
/// The account needs the power to do so. Returns nothing.
#[action(destructive, idempotent, post = "/client/v3/rooms/{room_id}/ban", json)]
pub async fn ban(
    cx: &ActionContext,
    room_id: RoomId,
    user_id: UserId,
    /// Why, as others in the room see it.
    reason: Option<String>,
) -> Result<Done>;

/// Lets a person who is banned from a room join it or be invited again.
///
/// It invites nobody. The account needs the power to do so. Returns nothing.
#[action(
    write,
    reconcile(natural = find_left(room_id, user_id)),
    post = "/client/v3/rooms/{room_id}/unban",
    json
)]
pub async fn unban(cx: &ActionContext, room_id: RoomId, user_id: UserId) -> Result<Done>;

/// Both end with the person being out of the room and free to come back.
async fn find_left(
    cx: &ActionContext,
    _lost: &Lost,
    room_id: RoomId,
    user_id: UserId,
) -> Result<Outcome<Done>> {
    let member: Value = cx
        .get(path!(
            "/client/v3/rooms/{room_id}/state/m.room.member/{user_id}"
        ))
        .fetch()
        .await?;
    Ok(if member["membership"] == "leave" {
        Outcome::Done(Done {})
    } else {
        Outcome::NotDone
    })
}
