//! Who watches issues.

use plugwright_sdk::{ActionContext, Result, action, json, path};

use crate::issues::AccountId;
use crate::model::{IssueKey, Watchers};

/// Lists who watches an issue, and so is told of its changes.
///
/// Returns their number, their names as far as the account may see them, and whether the account
/// itself watches it.
#[action(
    read,
    title = "List watchers of an issue",
    scopes = ["read:jira-work"],
    get = "/rest/api/3/issue/{issue}/watchers"
)]
pub async fn list(cx: &ActionContext, issue: IssueKey) -> Result<Watchers>;

/// Lets an account watch an issue, so that it is told of its changes.
///
/// Without an account, the signed-in one watches it. Returns nothing; who watches it already goes on.
#[action(
    write,
    idempotent,
    title = "Add a watcher to an issue",
    scopes = ["write:jira-work"]
)]
pub async fn add(
    cx: &ActionContext,
    issue: IssueKey,
    /// Id of the account, from `users.search`; without it, the signed-in one.
    account_id: Option<AccountId>,
) -> Result<()> {
    let request = cx.post(path!("/rest/api/3/issue/{issue}/watchers"));
    match account_id {
        // The body is a JSON string.
        Some(id) => request.json(&json!(id.0)).fetch().await,
        None => request.fetch().await,
    }
}

/// Lets an account watch an issue no longer, so that it is not told of its changes.
///
/// Returns nothing; an account that does not watch it stays as it is.
#[action(
    write,
    idempotent,
    title = "Remove a watcher from an issue",
    scopes = ["write:jira-work"]
)]
pub async fn remove(
    cx: &ActionContext,
    issue: IssueKey,
    /// Id of the account, from `watchers.list`.
    account_id: AccountId,
) -> Result<()> {
    cx.delete(path!("/rest/api/3/issue/{issue}/watchers"))
        .query("accountId", account_id)
        .fetch()
        .await
}
