//! People and bots of the workspace.

use plugwright_sdk::{ActionContext, Page, Result, action};

use crate::model::{PageSize, User, UserId, results};

/// Lists the people and bots of the workspace, without guests.
///
/// Returns id, name, mail address and picture of each, page by page. The connection needs the
/// capability to read users.
#[action(read, get = "/users", page = results())]
pub async fn list(
    cx: &ActionContext,
    /// Users per page.
    page_size: Option<PageSize>,
) -> Result<Page<User>>;

/// Gets one person or bot of the workspace by the id.
///
/// Returns name, mail address and picture. Pages, blocks and comments have the ids of who made and
/// changed them.
#[action(read, get = "/users/{user_id}")]
pub async fn get(cx: &ActionContext, user_id: UserId) -> Result<User>;

/// Gets the bot that the credential belongs to.
///
/// Returns its id and name, the name of the workspace, and the id of the person who connected it.
#[action(
    "users.get_self",
    read,
    title = "Get the bot's own account",
    get = "/users/me"
)]
pub async fn get_self(cx: &ActionContext) -> Result<User>;
