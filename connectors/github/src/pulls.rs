//! Pull requests of a repository.

use plugwright_sdk::pagination::LinkHeader;
use plugwright_sdk::{ActionContext, Lost, Outcome, Page, Param, Result, action, params, path};

use crate::model::{IssueState, Merge, Order, PerPage, Pull, Repo, Sha};

/// Order of lists of pull requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
#[param(rename_all = "kebab-case")]
pub enum PullSort {
    /// When it was made.
    Created,
    /// When it last changed.
    Updated,
    /// Number of comments.
    Popularity,
    /// Those open for more than a month and changed within the last one, oldest first.
    LongRunning,
}

/// How the commits of a pull request reach its base branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum MergeMethod {
    /// By a merge commit.
    Merge,
    /// As one commit.
    Squash,
    /// Each by itself, on top of the base branch.
    Rebase,
}

/// Lists the pull requests of a repository, newest first.
///
/// Filters by state, by the branch with the changes and by the branch that they are for. Returns
/// number, title, state, branches, author, labels and times of each.
#[action(read, title = "List pull requests", scopes = any("repo", "public_repo"), get = "/repos/{+repo}/pulls", page = LinkHeader)]
pub async fn list(
    cx: &ActionContext,
    repo: Repo,
    /// Only pull requests in this state.
    #[param(provider_default = IssueState::Open)]
    state: Option<IssueState>,
    /// Only those with changes on this branch, as `owner:branch`.
    #[param(pattern = "^[^:]+:[^:]+$", example = "octocat:new-topic")]
    head: Option<String>,
    /// Only those for this branch.
    base: Option<String>,
    /// Order of the list.
    #[param(provider_default = PullSort::Created)]
    sort: Option<PullSort>,
    /// Direction of the order; without it, newest first when sorted by time of making, else the
    /// other way round.
    direction: Option<Order>,
    /// Pull requests per page.
    per_page: Option<PerPage>,
) -> Result<Page<Pull>>;

/// Gets one pull request of a repository by its number.
///
/// Returns title, text, state, branches, author, labels and times, whether it is merged and whether
/// it can be merged.
#[action(read, title = "Get a pull request", scopes = any("repo", "public_repo"), get = "/repos/{+repo}/pulls/{pull_number}")]
pub async fn get(
    cx: &ActionContext,
    repo: Repo,
    /// Number of the pull request in the repository.
    #[param(range(1..))]
    pull_number: u32,
) -> Result<Pull>;

/// Creates a pull request: asks to merge one branch into another.
///
/// Both branches must exist, and the first must have commits that the second has not. Returns the
/// new pull request with its number.
#[action(write, title = "Create a pull request", scopes = any("repo", "public_repo"), reconcile(natural = find_created(repo, title, head, base)), post = "/repos/{+repo}/pulls", json)]
pub async fn create(
    cx: &ActionContext,
    /// Repository to merge into, as `owner/name`.
    repo: Repo,
    /// Title of the pull request.
    #[param(length(1..=256))]
    title: String,
    /// Branch with the changes; `owner:branch` if it is in a fork.
    head: String,
    /// Branch that the changes are for.
    base: String,
    /// Text of the pull request, in Markdown.
    body: Option<String>,
    /// Whether it is a draft.
    #[param(provider_default = false)]
    draft: Option<bool>,
    /// Whether people who can write to the repository may change the branch of a fork.
    maintainer_can_modify: Option<bool>,
) -> Result<Pull>;

async fn find_created(
    cx: &ActionContext,
    lost: &Lost,
    repo: Repo,
    title: String,
    head: String,
    base: String,
) -> Result<Outcome<Pull>> {
    let head = if head.contains(':') {
        head
    } else {
        format!("{}:{head}", repo.owner)
    };
    let pulls: Page<Pull> = cx
        .get(path!("/repos/{+repo}/pulls"))
        .query("state", IssueState::All)
        .query_params(params![head, base])
        .query("per_page", PerPage(100))
        .pages(LinkHeader, Lost::MOST_PAGES)
        .await?;
    Ok(Outcome::in_list(pulls, |pull| {
        pull.title == title.trim() && lost.covers(&pull.created_at)
    }))
}

/// Merges a pull request into its base branch.
///
/// Fails if it is closed, is a draft, has conflicts or lacks what the branch's protection asks for.
/// Returns the commit that it was merged as.
#[action(write, title = "Merge a pull request", scopes = any("repo", "public_repo"), put = "/repos/{+repo}/pulls/{pull_number}/merge", json)]
pub async fn merge(
    cx: &ActionContext,
    repo: Repo,
    /// Number of the pull request in the repository.
    #[param(range(1..))]
    pull_number: u32,
    /// How its commits reach the base branch; the repository must allow it.
    #[param(provider_default = MergeMethod::Merge)]
    merge_method: Option<MergeMethod>,
    /// Title of the commit, in place of GitHub's.
    commit_title: Option<String>,
    /// Text of the commit, below the title.
    commit_message: Option<String>,
    /// Commit that must be the newest of its branch; merging fails with `CONFLICT` if it is not.
    sha: Option<Sha>,
) -> Result<Merge>;
