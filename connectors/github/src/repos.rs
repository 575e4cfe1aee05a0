//! Repositories.

use plugwright_sdk::pagination::LinkHeader;
use plugwright_sdk::{ActionContext, Page, Param, Result, action};

use crate::model::{Order, PerPage, Repo, Repository};

/// What an account has to do with the repositories of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum RepositoryType {
    /// Any of the others.
    All,
    /// It owns them.
    Owner,
    /// Everybody sees them.
    Public,
    /// Members alone see them.
    Private,
    /// It works on them, or belongs to the organization that owns them.
    Member,
}

/// Order of lists of repositories.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum RepositorySort {
    /// When it was made.
    Created,
    /// When it last changed.
    Updated,
    /// When somebody last pushed to it.
    Pushed,
    /// Name with the owner.
    FullName,
}

/// Lists the repositories that the signed-in account can reach, newest first.
///
/// Those that it owns, works on, or has through an organization. Returns name, description,
/// language, visibility, counts and times of each, page by page.
#[action(read, title = "List repositories", scopes = any("repo", "public_repo"), get = "/user/repos", page = LinkHeader)]
pub async fn list(
    cx: &ActionContext,
    /// Only repositories of this type.
    #[param(provider_default = RepositoryType::All)]
    r#type: Option<RepositoryType>,
    /// Order of the list.
    #[param(default = RepositorySort::Created)]
    sort: RepositorySort,
    /// Direction of the order; without it, first the newest, or the first in the alphabet.
    direction: Option<Order>,
    /// Repositories per page.
    per_page: Option<PerPage>,
) -> Result<Page<Repository>>;

/// Gets one repository by owner and name.
///
/// Follows renames. Returns its description, language, default branch, visibility, counts of stars,
/// forks and open issues, and times.
#[action(read, title = "Get a repository", scopes = any("repo", "public_repo"), get = "/repos/{+repo}")]
pub async fn get(cx: &ActionContext, repo: Repo) -> Result<Repository>;

/// Changes a repository: its name, description, visibility, default branch or features.
///
/// What is not given stays as it is. A renamed repository answers to its former name too, until that
/// is taken again. Returns the changed repository.
#[action(write, idempotent, title = "Update a repository", scopes = any("repo", "public_repo"), patch = "/repos/{+repo}", json)]
pub async fn update(
    cx: &ActionContext,
    repo: Repo,
    /// New name, without the owner.
    #[param(length(1..=100), pattern = "^[A-Za-z0-9_.-]+$")]
    name: Option<String>,
    /// New description; an empty one removes it.
    description: Option<String>,
    /// New address of its website; an empty one removes it.
    homepage: Option<String>,
    /// Whether members alone see it. A repository that becomes private loses its stars and watchers.
    private: Option<bool>,
    /// Branch that work starts from; it must exist.
    default_branch: Option<String>,
    /// Whether it has issues.
    has_issues: Option<bool>,
    /// Whether it has projects.
    has_projects: Option<bool>,
    /// Whether it has a wiki.
    has_wiki: Option<bool>,
    /// Whether others can start repositories from it.
    is_template: Option<bool>,
    /// Whether pull requests may be merged by a merge commit.
    allow_merge_commit: Option<bool>,
    /// Whether pull requests may be merged as one commit.
    allow_squash_merge: Option<bool>,
    /// Whether pull requests may be merged by rebasing.
    allow_rebase_merge: Option<bool>,
    /// Whether pull requests may be set to merge by themselves once they can.
    allow_auto_merge: Option<bool>,
    /// Whether branches are deleted when their pull requests are merged.
    delete_branch_on_merge: Option<bool>,
    /// Whether private forks are allowed.
    allow_forking: Option<bool>,
    /// Whether it is archived, which makes it read-only.
    archived: Option<bool>,
) -> Result<Repository>;
