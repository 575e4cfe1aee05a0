//! Users, and direct messages with them.

use plugwright_sdk::{ActionContext, Result, action};

use crate::model::{Channel, User, UserId};

/// Gets the user that the token belongs to: the bot itself.
///
/// Returns its id, its user name, and the name that is shown.
#[action(read, title = "Get the bot", get = "/users/@me")]
pub async fn get_current(cx: &ActionContext) -> Result<User>;

/// Gets one user by the id, whether or not a server is shared with the bot.
///
/// Returns id, user name, the name that is shown, and whether it is a bot.
#[action(read, get = "/users/{user_id}")]
pub async fn get(cx: &ActionContext, user_id: UserId) -> Result<User>;

/// Opens the direct message with a user who shares a server with the bot.
///
/// The same one is returned each time. Returns its id, which `messages.send` takes as a channel.
#[action(
    write,
    idempotent,
    title = "Open a direct message",
    post = "/users/@me/channels",
    json
)]
pub async fn open_dm(
    cx: &ActionContext,
    /// Id of the user.
    recipient_id: UserId,
) -> Result<Channel>;
