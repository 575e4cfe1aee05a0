//! Statuses of commits.

use plugwright_sdk::pagination::LinkHeader;
use plugwright_sdk::{ActionContext, Lost, Outcome, Page, Param, Result, action, params, path};

use crate::model::{CombinedStatus, PerPage, Repo, Sha, Status};

/// What a check says of a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum StatusState {
    /// The check itself failed.
    Error,
    /// The commit is not good.
    Failure,
    /// The check is not done.
    Pending,
    /// The commit is good.
    Success,
}

/// Creates a status of a commit: what a check, such as a build, says of it.
///
/// A further status of the same context takes the place of the one before. GitHub takes at most
/// 1,000 for each commit and context. Returns the new status.
#[action(write, title = "Create a commit status", scopes = ["repo:status"], reconcile(natural = find_created(repo, sha, state, description, context)), post = "/repos/{+repo}/statuses/{sha}", json)]
pub async fn create(
    cx: &ActionContext,
    repo: Repo,
    /// Hash of the commit.
    sha: Sha,
    /// What the check says.
    state: StatusState,
    /// Where it says more; shown as a link.
    #[param(format = "uri")]
    target_url: Option<String>,
    /// What it says in short.
    #[param(length(..=140))]
    description: Option<String>,
    /// Name of the check; upper and lower case count as the same.
    #[param(provider_default = "default")]
    context: Option<String>,
) -> Result<Status>;

async fn find_created(
    cx: &ActionContext,
    lost: &Lost,
    repo: Repo,
    sha: Sha,
    state: StatusState,
    description: Option<String>,
    context: Option<String>,
) -> Result<Outcome<Status>> {
    let statuses: Page<Status> = cx
        .get(path!("/repos/{+repo}/commits/{sha}/statuses"))
        .query("per_page", PerPage(100))
        .pages(LinkHeader, Lost::MOST_PAGES)
        .await?;
    let state = match state {
        StatusState::Error => "error",
        StatusState::Failure => "failure",
        StatusState::Pending => "pending",
        StatusState::Success => "success",
    };
    let context = context.as_deref().unwrap_or("default");
    Ok(Outcome::in_list(statuses, |status| {
        status.state == state
            && status.context.to_lowercase() == context.to_lowercase()
            && Lost::same_text(status.description.as_deref(), description.as_deref())
            && lost.covers(&status.created_at)
    }))
}

/// Lists all statuses of a commit, newest first, those that were replaced too.
///
/// Returns state, context, description, link, author and times of each, page by page.
#[action(read, title = "List commit statuses", scopes = ["repo:status"])]
pub async fn list(
    cx: &ActionContext,
    repo: Repo,
    /// Hash of the commit, or a branch or tag.
    r#ref: String,
    /// Statuses per page.
    per_page: Option<PerPage>,
) -> Result<Page<Status>> {
    cx.get(path!(
        "/repos/{+repo}/commits/{+name}/statuses",
        name = r#ref
    ))
    .query("per_page", per_page)
    .page(LinkHeader)
    .await
}

/// Gets what all checks together say of a commit.
///
/// Returns `failure`, `pending` or `success`, how many checks there are, and the newest status of
/// each, page by page.
#[action(read, title = "Get the combined status of a commit", scopes = ["repo:status"])]
pub async fn get_combined(
    cx: &ActionContext,
    repo: Repo,
    /// Hash of the commit, or a branch or tag.
    r#ref: String,
    /// Statuses per page.
    per_page: Option<PerPage>,
    /// Number of the page, from 1.
    #[param(provider_default = 1, range(1..))]
    page: Option<u32>,
) -> Result<CombinedStatus> {
    cx.get(path!("/repos/{+repo}/commits/{+name}/status", name = r#ref))
        .query_params(params![per_page, page])
        .fetch()
        .await
}
