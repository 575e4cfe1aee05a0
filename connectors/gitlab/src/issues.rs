//! Issues of a project.

use plugwright_sdk::pagination::LinkHeader;
use plugwright_sdk::{
    ActionContext, Lost, Outcome, Page, Param, Patch, Result, action, params, path,
};

use crate::model::{Issue, IssueIid, LONGEST_PAGE, PerPage, ProjectRef, Sort, joined};

/// State of an issue, as lists filter by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum IssueState {
    /// Still open.
    Opened,
    /// Closed.
    Closed,
    /// Either.
    All,
}

/// Order of lists of issues.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum IssueOrder {
    /// When it was made.
    CreatedAt,
    /// When it last changed.
    UpdatedAt,
    /// Day on which it is due.
    DueDate,
    /// Rank of its labels.
    Priority,
    /// Number of votes for it.
    Popularity,
}

/// Whose issues or merge requests are searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum Scope {
    /// Those that the account made.
    CreatedByMe,
    /// Those that the account is assigned to.
    AssignedToMe,
    /// Those of everybody.
    All,
}

/// What becomes of the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum StateEvent {
    /// Close it.
    Close,
    /// Open it again.
    Reopen,
}

/// Lists the issues of a project, newest first.
///
/// Filters by words, state, labels, author and assignee. Returns number, title, text, state, labels,
/// people and times of each issue, page by page.
#[action(read, scopes = any("api", "read_api"))]
pub async fn list(
    cx: &ActionContext,
    project: ProjectRef,
    /// Only issues with these words in title or text.
    search: Option<String>,
    /// Only issues in this state.
    #[param(provider_default = IssueState::All)]
    state: Option<IssueState>,
    /// Only issues that have all of these labels.
    labels: Option<Vec<String>>,
    /// Only issues of the milestone with this title.
    milestone: Option<String>,
    /// Only issues by this username.
    author_username: Option<String>,
    /// Only issues assigned to this username.
    assignee_username: Option<String>,
    /// Order of the list.
    #[param(provider_default = IssueOrder::CreatedAt)]
    order_by: Option<IssueOrder>,
    /// Direction of the order.
    #[param(provider_default = Sort::Desc)]
    sort: Option<Sort>,
    /// Issues per page.
    per_page: Option<PerPage>,
) -> Result<Page<Issue>> {
    cx.get(path!("/projects/{project}/issues"))
        .query_params(params![search, state])
        .query_joined("labels", ",", labels)
        .query_params(params![
            milestone,
            author_username,
            assignee_username,
            order_by,
            sort,
            per_page
        ])
        .page(LinkHeader)
        .await
}

/// Searches the issues of all projects that the account can see.
///
/// Without words, lists those that the account is assigned to or made. Returns number, project,
/// title, state, labels, people and times of each issue.
#[action(
    read,
    title = "Search issues",
    scopes = any("api", "read_api"),
    get = "/issues",
    page = LinkHeader
)]
pub async fn search(
    cx: &ActionContext,
    /// Only issues with these words in title or text.
    search: Option<String>,
    /// Whose issues.
    #[param(default = Scope::AssignedToMe)]
    scope: Scope,
    /// Only issues in this state.
    #[param(default = IssueState::Opened)]
    state: IssueState,
    /// Issues per page.
    per_page: Option<PerPage>,
) -> Result<Page<Issue>>;

/// Gets one issue of a project by its number.
///
/// Returns title, text, state, labels, author, assignees, milestone, due date, count of comments and
/// times.
#[action(read, scopes = any("api", "read_api"), get = "/projects/{project}/issues/{issue_iid}")]
pub async fn get(cx: &ActionContext, project: ProjectRef, issue_iid: IssueIid) -> Result<Issue>;

/// Creates an issue in a project, with labels, assignees and a due date.
///
/// Labels that don't exist are made. Returns the new issue with its number.
#[action(
    write,
    scopes = ["api"],
    reconcile(natural = find_created(project, title, description))
)]
pub async fn create(
    cx: &ActionContext,
    project: ProjectRef,
    /// Title of the issue.
    #[param(length(1..=255))]
    title: String,
    /// Text of the issue, in Markdown.
    #[param(length(..=1_048_576))]
    description: Option<String>,
    /// Names of its labels.
    labels: Option<Vec<String>>,
    /// Ids of the people to assign, from `users.list`.
    assignee_ids: Option<Vec<u64>>,
    /// Id of its milestone, from `milestones.list`.
    milestone_id: Option<u64>,
    /// Day on which it is due.
    #[param(format = "date")]
    due_date: Option<String>,
    /// Whether only members of the project see it.
    #[param(provider_default = false)]
    confidential: Option<bool>,
) -> Result<Issue> {
    cx.post(path!("/projects/{project}/issues"))
        .fields(params![
            title,
            description,
            labels = joined(labels),
            assignee_ids,
            milestone_id,
            due_date,
            confidential
        ])
        .fetch()
        .await
}

async fn find_created(
    cx: &ActionContext,
    lost: &Lost,
    project: ProjectRef,
    title: String,
    description: Option<String>,
) -> Result<Outcome<Issue>> {
    let issues: Page<Issue> = cx
        .get(path!("/projects/{project}/issues"))
        .query("created_after", lost.since())
        .query("per_page", LONGEST_PAGE)
        .pages(LinkHeader, Lost::MOST_PAGES)
        .await?;
    Ok(Outcome::in_list(issues, |issue| {
        issue.title == title.trim()
            && Lost::same_text(issue.description.as_deref(), description.as_deref())
            && lost.covers(&issue.created_at)
    }))
}

/// Changes an issue: title, text, labels, assignees, milestone, due date, or closes or reopens it.
///
/// What is not given stays as it is; `null` takes milestone and due date away. Returns the changed
/// issue.
#[action(write, idempotent, scopes = ["api"], at_most_one(labels, add_labels))]
pub async fn update(
    cx: &ActionContext,
    project: ProjectRef,
    issue_iid: IssueIid,
    /// New title.
    #[param(length(1..=255))]
    title: Option<String>,
    /// New text, in Markdown; an empty one removes it.
    description: Option<String>,
    /// Whether to close or reopen it.
    state_event: Option<StateEvent>,
    /// Names of labels that replace those it has.
    labels: Option<Vec<String>>,
    /// Names of labels to add to those it has.
    add_labels: Option<Vec<String>>,
    /// Names of labels to take off.
    remove_labels: Option<Vec<String>>,
    /// Ids of people who replace those assigned; an empty list assigns it to nobody.
    assignee_ids: Option<Vec<u64>>,
    /// Id of its milestone; `null` takes it away.
    milestone_id: Patch<u64>,
    /// Day on which it is due; `null` takes it away.
    #[param(format = "date")]
    due_date: Patch<String>,
    /// Whether only members of the project see it.
    confidential: Option<bool>,
) -> Result<Issue> {
    cx.put(path!("/projects/{project}/issues/{issue_iid}"))
        .fields(params![
            title,
            description,
            state_event,
            labels = joined(labels),
            add_labels = joined(add_labels),
            remove_labels = joined(remove_labels),
            assignee_ids,
            milestone_id,
            due_date,
            confidential
        ])
        .fetch()
        .await
}
