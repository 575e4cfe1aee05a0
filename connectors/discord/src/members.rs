//! Members of servers.

use plugwright_sdk::pagination::Whole;
use plugwright_sdk::{ActionContext, Page, Patch, Result, action, params, path};

use crate::model::{GuildId, Member, Reason, RoleId, UserId};
use crate::pages::Beside;
use crate::reason::because;

/// Lists the members of a server, by their ids.
///
/// The bot needs the intent for members. Returns user, nick name, roles and times of each, page by page.
#[action(read)]
pub async fn list(
    cx: &ActionContext,
    guild_id: GuildId,
    /// Members per page.
    #[param(default = 100, range(1..=1000))]
    limit: u16,
) -> Result<Page<Member>> {
    cx.get(path!("/guilds/{guild_id}/members"))
        .query("limit", limit)
        .page(Beside::after_last("/user/id", limit.into()))
        .await
}

/// Gets one member of a server by the id of the user.
///
/// Returns user, nick name, roles, and when the member joined.
#[action(read, get = "/guilds/{guild_id}/members/{user_id}")]
pub async fn get(cx: &ActionContext, guild_id: GuildId, user_id: UserId) -> Result<Member>;

/// Searches members of a server whose user name or nick name begins with a text.
///
/// Returns user, nick name, roles and times of each.
#[action(read, get = "/guilds/{guild_id}/members/search", page = Whole)]
pub async fn search(
    cx: &ActionContext,
    guild_id: GuildId,
    /// What the name begins with.
    #[param(length(1..=100))]
    query: String,
    /// How many members at most.
    #[param(default = 20, range(1..=1000))]
    limit: u16,
) -> Result<Page<Member>>;

/// Changes a member of a server: nick name, roles, or until when the member may not write.
///
/// What is not given stays as it is. Returns the changed member.
#[action(write, idempotent)]
pub async fn update(
    cx: &ActionContext,
    guild_id: GuildId,
    user_id: UserId,
    /// New nick name; `null` removes it.
    #[param(length(1..=32))]
    nick: Patch<String>,
    /// Ids of roles that replace those of the member.
    roles: Option<Vec<RoleId>>,
    /// Until when the member may not write, at most 28 days ahead; `null` ends it.
    #[param(format = "date-time")]
    communication_disabled_until: Patch<String>,
    reason: Option<Reason>,
) -> Result<Member> {
    let request = cx
        .patch(path!("/guilds/{guild_id}/members/{user_id}"))
        .fields(params![nick, roles, communication_disabled_until]);
    because(request, reason).fetch().await
}

/// Removes a member from a server, who can come back with an invitation.
///
/// The messages stay. Returns nothing.
#[action(destructive, idempotent)]
pub async fn kick(
    cx: &ActionContext,
    guild_id: GuildId,
    user_id: UserId,
    reason: Option<Reason>,
) -> Result<()> {
    let request = cx.delete(path!("/guilds/{guild_id}/members/{user_id}"));
    because(request, reason).fetch().await
}

/// Bans a user from a server, who can't come back until the ban is lifted.
///
/// The user need not be a member. Messages of the last days can be deleted with it. Returns nothing.
#[action(destructive, idempotent)]
pub async fn ban(
    cx: &ActionContext,
    guild_id: GuildId,
    user_id: UserId,
    /// For how many seconds back the user's messages are deleted, up to seven days.
    #[param(default = 0, range(..=604_800))]
    delete_message_seconds: u32,
    reason: Option<Reason>,
) -> Result<()> {
    let request = cx
        .put(path!("/guilds/{guild_id}/bans/{user_id}"))
        .fields(params![delete_message_seconds]);
    because(request, reason).fetch().await
}

/// Lifts the ban of a user from a server.
///
/// The user is no member by that, and needs an invitation. Returns nothing.
#[action(write, idempotent)]
pub async fn unban(
    cx: &ActionContext,
    guild_id: GuildId,
    user_id: UserId,
    reason: Option<Reason>,
) -> Result<()> {
    let request = cx.delete(path!("/guilds/{guild_id}/bans/{user_id}"));
    because(request, reason).fetch().await
}
