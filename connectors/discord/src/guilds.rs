//! Servers, which the API calls guilds.

use plugwright_sdk::{ActionContext, Page, Result, action, params};

use crate::model::{Guild, GuildId};
use crate::pages::Beside;

/// Lists the servers that the bot is in.
///
/// Returns name, permissions of the bot and about how many members each has, page by page.
#[action(read, title = "List servers")]
pub async fn list(
    cx: &ActionContext,
    /// Servers per page.
    #[param(default = 200, range(1..=200))]
    limit: u8,
) -> Result<Page<Guild>> {
    cx.get("/users/@me/guilds")
        .query_params(params![limit, with_counts = true])
        .page(Beside::after_last("/id", limit.into()))
        .await
}

/// Gets one server that the bot is in, by its id.
///
/// Returns its name, description, owner, language and about how many members it has.
#[action(
    read,
    title = "Get a server",
    get = "/guilds/{guild_id}",
    query(with_counts = true)
)]
pub async fn get(cx: &ActionContext, guild_id: GuildId) -> Result<Guild>;
