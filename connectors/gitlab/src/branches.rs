//! Branches of a repository.

use plugwright_sdk::pagination::LinkHeader;
use plugwright_sdk::{ActionContext, Lost, Outcome, Page, Result, action, params, path};

use crate::model::{Branch, PerPage, ProjectRef};

/// Lists the branches of a project's repository, in the order of their names.
///
/// Filters by a part of the name. Returns name, last commit, and whether it is the default branch,
/// protected or merged.
#[action(
    read,
    scopes = any("api", "read_api"),
    get = "/projects/{project}/repository/branches",
    page = LinkHeader
)]
pub async fn list(
    cx: &ActionContext,
    project: ProjectRef,
    /// Only branches whose name has this; `^` in front means begins with it, `$` behind ends with it.
    #[param(example = "^feature/")]
    search: Option<String>,
    /// Branches per page.
    per_page: Option<PerPage>,
) -> Result<Page<Branch>>;

/// Gets one branch of a project's repository by its name.
///
/// Returns its last commit, and whether it is the default branch, protected or merged.
#[action(
    read,
    scopes = any("api", "read_api"),
    get = "/projects/{project}/repository/branches/{branch}"
)]
pub async fn get(
    cx: &ActionContext,
    project: ProjectRef,
    /// Name of the branch.
    branch: String,
) -> Result<Branch>;

/// Creates a branch in a project's repository, from a branch, tag or commit.
///
/// Fails if there is a branch of this name. Returns the new branch with its commit.
#[action(
    write,
    scopes = ["api"],
    reconcile(natural = find_created(project, branch))
)]
pub async fn create(
    cx: &ActionContext,
    project: ProjectRef,
    /// Name of the new branch.
    #[param(length(1..), example = "feature/login")]
    branch: String,
    /// Branch, tag or commit that it starts from.
    #[param(length(1..), example = "main")]
    r#ref: String,
) -> Result<Branch> {
    cx.post(path!("/projects/{project}/repository/branches"))
        .query_params(params![branch, r#ref])
        .fetch()
        .await
}

async fn find_created(
    cx: &ActionContext,
    _lost: &Lost,
    project: ProjectRef,
    branch: String,
) -> Result<Outcome<Branch>> {
    Outcome::of_named(get(cx, project, branch).await, Outcome::Done)
}

/// Deletes a branch from a project's repository; the default branch and protected ones stay.
///
/// Commits that are on no other branch can be lost. Returns nothing; fails if there is no such branch.
#[action(
    destructive,
    scopes = ["api"],
    delete = "/projects/{project}/repository/branches/{branch}"
)]
pub async fn delete(
    cx: &ActionContext,
    project: ProjectRef,
    /// Name of the branch.
    branch: String,
) -> Result<()>;
