//! Roles of servers, and who has them.

use plugwright_sdk::pagination::Whole;
use plugwright_sdk::{ActionContext, Page, Result, action, path};

use crate::model::{GuildId, Reason, Role, RoleId, UserId};
use crate::reason::because;

/// Lists the roles of a server.
///
/// Returns name, colour, place, permissions and settings of each role.
#[action(read, get = "/guilds/{guild_id}/roles", page = Whole)]
pub async fn list(cx: &ActionContext, guild_id: GuildId) -> Result<Page<Role>>;

/// Gives a member of a server a role.
///
/// The role has to be below the highest one of the bot. It succeeds if the member has it already. Returns
/// nothing.
#[action(write, idempotent)]
pub async fn assign(
    cx: &ActionContext,
    guild_id: GuildId,
    user_id: UserId,
    role_id: RoleId,
    reason: Option<Reason>,
) -> Result<()> {
    let request = cx.put(path!(
        "/guilds/{guild_id}/members/{user_id}/roles/{role_id}"
    ));
    because(request, reason).fetch().await
}

/// Takes a role away from a member of a server; the role itself stays.
///
/// It succeeds if the member does not have it. Returns nothing.
#[action(write, idempotent, title = "Take a role away")]
pub async fn remove(
    cx: &ActionContext,
    guild_id: GuildId,
    user_id: UserId,
    role_id: RoleId,
    reason: Option<Reason>,
) -> Result<()> {
    let request = cx.delete(path!(
        "/guilds/{guild_id}/members/{user_id}/roles/{role_id}"
    ));
    because(request, reason).fetch().await
}
