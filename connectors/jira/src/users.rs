//! Accounts.

use plugwright_sdk::pagination::Offset;
use plugwright_sdk::{ActionContext, Page, Result, action, params};

use crate::model::{IssueKey, MaxResults, ProjectKey, User};

/// Gets the account that the token belongs to.
///
/// Returns its id, name, mail address and time zone, to find what is assigned to it.
#[action(
    read,
    title = "Get the signed-in account",
    scopes = ["read:jira-user"],
    get = "/rest/api/3/myself"
)]
pub async fn me(cx: &ActionContext) -> Result<User>;

/// Finds accounts by words of their name or mail address.
///
/// Returns id, name and kind of each, programs and people who left among them; ids are what other
/// actions take.
#[action(read, title = "Search users", scopes = ["read:jira-user"])]
pub async fn search(
    cx: &ActionContext,
    /// Beginning of a word of the name or mail address.
    #[param(length(1..), example = "mia")]
    query: String,
    /// Accounts per page.
    max_results: Option<MaxResults>,
) -> Result<Page<User>> {
    cx.get("/rest/api/3/user/search")
        .query_params(params![query, "maxResults" = max_results])
        .page(pages())
        .await
}

/// Finds accounts that an issue, or new issues of a project, can be assigned to.
///
/// Filters by words of their name or mail address. Returns id and name of each.
#[action(
    read,
    title = "Search assignable users",
    scopes = ["read:jira-user"],
    exactly_one(issue, project)
)]
pub async fn search_assignable(
    cx: &ActionContext,
    /// Beginning of a word of the name or mail address.
    query: Option<String>,
    /// Key of the issue.
    issue: Option<IssueKey>,
    /// Key of the project.
    project: Option<ProjectKey>,
    /// Accounts per page.
    max_results: Option<MaxResults>,
) -> Result<Page<User>> {
    cx.get("/rest/api/3/user/assignable/search")
        .query_params(params![
            query,
            "issueKey" = issue,
            project,
            "maxResults" = max_results
        ])
        .page(pages())
        .await
}

/// Jira leaves accounts out of a page that the account may not see, so a short page is not the last.
fn pages() -> Offset {
    Offset::new("startAt", 1)
}
