//! Sprints of a board.

use plugwright_sdk::{ActionContext, Page, Param, Result, action, params, path};

use crate::model::{FIELDS, Issue, IssueKey, MaxResults, Sprint, counted, values};

/// State of a sprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum SprintState {
    /// Planned.
    Future,
    /// Under way.
    Active,
    /// Done.
    Closed,
}

/// Id of the sprint, from `sprints.list`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub struct SprintId(pub u64);

/// Lists the sprints of a board, page by page.
///
/// Filters by state. Returns id, name, state, goal and times of each.
#[action(read, title = "List sprints of a board", scopes = ["read:sprint:jira-software"])]
pub async fn list(
    cx: &ActionContext,
    /// Id of the board, from `boards.list`.
    board_id: u64,
    /// Only sprints in one of these states.
    state: Option<Vec<SprintState>>,
    /// Sprints per page.
    max_results: Option<MaxResults>,
) -> Result<Page<Sprint>> {
    cx.get(path!("/rest/agile/1.0/board/{board_id}/sprint"))
        .query_joined("state", ",", state)
        .query("maxResults", max_results)
        .page(values())
        .await
}

/// Lists the issues of a sprint, in the order of the board.
///
/// Filters by a query in JQL. Returns key, title, status, type, people, labels and times of each.
#[action(
    read,
    title = "List issues of a sprint",
    scopes = ["read:sprint:jira-software", "read:jira-work"]
)]
pub async fn list_issues(
    cx: &ActionContext,
    sprint_id: SprintId,
    /// Query in JQL that the issues must meet too.
    #[param(example = "assignee = currentUser()")]
    jql: Option<String>,
    /// Issues per page.
    max_results: Option<MaxResults>,
) -> Result<Page<Issue>> {
    cx.get(path!("/rest/agile/1.0/sprint/{sprint_id}/issue"))
        .query_params(params![jql, fields = FIELDS, "maxResults" = max_results])
        .page(counted("/issues"))
        .await
}

/// Moves issues into a sprint that is planned or under way, at most 50 at once.
///
/// They leave the sprint that they are in. Returns nothing; moving them again changes nothing.
#[action(
    write,
    idempotent,
    title = "Move issues into a sprint",
    scopes = ["write:sprint:jira-software"],
    post = "/rest/agile/1.0/sprint/{sprint_id}/issue",
    json
)]
pub async fn add_issues(
    cx: &ActionContext,
    sprint_id: SprintId,
    /// Keys of the issues.
    #[param(length(1..=50))]
    issues: Vec<IssueKey>,
) -> Result<()>;
