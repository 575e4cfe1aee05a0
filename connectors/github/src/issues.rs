//! Issues of a repository.

use plugwright_sdk::pagination::LinkHeader;
use plugwright_sdk::{ActionContext, Lost, Outcome, Page, Param, Result, action, params, path};

use crate::model::{Issue, IssueNumber, IssueState, PerPage, Repo};

/// Order of lists of issues.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum IssueSort {
    /// When it was made.
    Created,
    /// When it last changed.
    Updated,
    /// Number of comments.
    Comments,
}

/// State that an issue can be put into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum NewState {
    /// Open it again.
    Open,
    /// Close it.
    Closed,
}

/// Why an issue is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum CloseReason {
    /// The work is done.
    Completed,
    /// There will be no work.
    NotPlanned,
    /// Another issue says the same.
    Duplicate,
}

/// Why a conversation is locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum LockReason {
    /// It strayed from its subject.
    #[param(rename = "off-topic")]
    OffTopic,
    /// It became hostile.
    #[param(rename = "too heated")]
    TooHeated,
    /// It is settled.
    Resolved,
    /// It is spam.
    Spam,
}

/// Lists the issues of a repository, newest first.
///
/// Filters by state and labels. Pull requests are left out, so a page may have fewer items than
/// asked for. Returns number, title, state, labels, author and times of each issue.
#[action(read, scopes = any("repo", "public_repo"))]
pub async fn list(
    cx: &ActionContext,
    #[param(example = Repo { owner: "octocat".into(), name: "Hello-World".into() })] repo: Repo,
    /// Only issues in this state.
    #[param(provider_default = IssueState::Open)]
    state: Option<IssueState>,
    /// Only issues that have all of these labels.
    labels: Option<Vec<String>>,
    /// Order of the list.
    #[param(provider_default = IssueSort::Created)]
    sort: Option<IssueSort>,
    /// Issues per page.
    per_page: Option<PerPage>,
) -> Result<Page<Issue>> {
    let page: Page<Issue> = cx
        .get(path!("/repos/{+repo}/issues"))
        .query("state", state)
        .query_joined("labels", ",", labels)
        .query_params(params![sort, per_page])
        .page(LinkHeader)
        .await?;
    Ok(page.filter(|issue| !issue.is_pull_request))
}

/// Gets one issue of a repository by its number.
///
/// Takes pull requests as well, since GitHub numbers them together. Returns title, text, state,
/// labels, author, assignee and times.
#[action(read, scopes = any("repo", "public_repo"), get = "/repos/{+repo}/issues/{issue_number}")]
pub async fn get(cx: &ActionContext, repo: Repo, issue_number: IssueNumber) -> Result<Issue>;

/// Creates an issue in a repository.
///
/// Labels and assignees take effect only if the account may push to the repository. Returns the new
/// issue with its number.
#[action(write, scopes = any("repo", "public_repo"), reconcile(natural = find_created(repo, title, body)), post = "/repos/{+repo}/issues", json)]
pub async fn create(
    cx: &ActionContext,
    repo: Repo,
    /// Title of the issue.
    #[param(length(1..=256))]
    title: String,
    /// Text of the issue, in Markdown.
    body: Option<String>,
    /// Names of labels to put on it.
    labels: Option<Vec<String>>,
    /// Logins of people to assign.
    #[param(length(..=10))]
    assignees: Option<Vec<String>>,
) -> Result<Issue>;

async fn find_created(
    cx: &ActionContext,
    lost: &Lost,
    repo: Repo,
    title: String,
    body: Option<String>,
) -> Result<Outcome<Issue>> {
    let issues: Page<Issue> = cx
        .get(path!("/repos/{+repo}/issues"))
        .query("state", "all")
        .query("since", lost.since())
        .query("per_page", PerPage(100))
        .pages(LinkHeader, Lost::MOST_PAGES)
        .await?;
    Ok(Outcome::in_list(issues, |issue| {
        !issue.is_pull_request
            && issue.title == title.trim()
            && Lost::same_text(issue.body.as_deref(), body.as_deref())
            && lost.covers(&issue.created_at)
    }))
}

/// Changes an issue: title, text, state, labels or assignees.
///
/// What is not given stays as it is. Labels and assignees replace those that the issue has. Returns
/// the changed issue.
#[action(write, idempotent, scopes = any("repo", "public_repo"), patch = "/repos/{+repo}/issues/{issue_number}", json)]
pub async fn update(
    cx: &ActionContext,
    repo: Repo,
    issue_number: IssueNumber,
    /// New title.
    #[param(length(1..=256))]
    title: Option<String>,
    /// New text, in Markdown.
    body: Option<String>,
    /// New state.
    state: Option<NewState>,
    /// Names of labels that replace those it has.
    labels: Option<Vec<String>>,
    /// Logins of people who replace those assigned.
    #[param(length(..=10))]
    assignees: Option<Vec<String>>,
) -> Result<Issue>;

/// Closes an issue and says why: completed, not planned or a duplicate.
///
/// Closing a closed issue only changes its reason. Returns the closed issue.
#[action(write, idempotent, scopes = any("repo", "public_repo"))]
pub async fn close(
    cx: &ActionContext,
    repo: Repo,
    issue_number: IssueNumber,
    /// Why it is closed.
    #[param(default = CloseReason::Completed)]
    state_reason: CloseReason,
) -> Result<Issue> {
    cx.patch(path!("/repos/{+repo}/issues/{issue_number}"))
        .fields(params![state = NewState::Closed, state_reason])
        .fetch()
        .await
}

/// Locks the conversation of an issue or pull request.
///
/// Afterwards only people who may push to the repository can comment. Returns nothing; locking a
/// locked conversation changes nothing.
#[action(write, idempotent, scopes = any("repo", "public_repo"), put = "/repos/{+repo}/issues/{issue_number}/lock", json(optional))]
pub async fn lock(
    cx: &ActionContext,
    repo: Repo,
    issue_number: IssueNumber,
    /// Why it is locked, shown to readers.
    lock_reason: Option<LockReason>,
) -> Result<()>;

/// Unlocks the conversation of an issue or pull request.
///
/// Afterwards everybody who can see it can comment again. Returns nothing; unlocking an open
/// conversation changes nothing.
#[action(write, idempotent, scopes = any("repo", "public_repo"), delete = "/repos/{+repo}/issues/{issue_number}/lock")]
pub async fn unlock(cx: &ActionContext, repo: Repo, issue_number: IssueNumber) -> Result<()>;
