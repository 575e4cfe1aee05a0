//! Accounts.

use plugwright_sdk::pagination::LinkHeader;
use plugwright_sdk::{ActionContext, Page, Result, action};

use crate::model::{PerPage, User};

/// Gets the account that the token belongs to.
///
/// Returns its id, username, name, mail address and state, to find what is assigned to it.
#[action(
    read,
    title = "Get the signed-in account",
    scopes = any("api", "read_api", "read_user"),
    get = "/user"
)]
pub async fn me(cx: &ActionContext) -> Result<User>;

/// Lists accounts by username, or by words of their name or mail address.
///
/// Returns id, username, name and state of each; ids are what assignees and reviewers are set by.
#[action(
    read,
    scopes = any("api", "read_api"),
    get = "/users",
    page = LinkHeader,
    at_most_one(username, search)
)]
pub async fn list(
    cx: &ActionContext,
    /// Only the account with exactly this username.
    username: Option<String>,
    /// Only accounts whose name, username or public mail address has this.
    search: Option<String>,
    /// Accounts per page.
    per_page: Option<PerPage>,
) -> Result<Page<User>>;
