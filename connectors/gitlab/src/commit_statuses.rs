//! Statuses of commits.

use plugwright_sdk::pagination::LinkHeader;
use plugwright_sdk::{ActionContext, Page, Param, Result, action};

use crate::model::{PerPage, ProjectRef, Status};

/// What a check says of a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum StatusState {
    /// It waits.
    Pending,
    /// It runs.
    Running,
    /// The commit is good.
    Success,
    /// The commit is not good.
    Failed,
    /// It was stopped.
    Canceled,
    /// It is not needed.
    Skipped,
}

/// Lists what checks say of a commit: the last status of each, or all.
///
/// Returns name, state, description, address and times of each status.
#[action(
    read,
    title = "List the statuses of a commit",
    scopes = any("api", "read_api"),
    get = "/projects/{project}/repository/commits/{sha}/statuses",
    page = LinkHeader
)]
pub async fn list(
    cx: &ActionContext,
    project: ProjectRef,
    /// Hash of the commit.
    sha: String,
    /// Only statuses of this branch or tag.
    r#ref: Option<String>,
    /// Only statuses of the check with this name.
    name: Option<String>,
    /// Whether earlier statuses count too.
    #[param(provider_default = false)]
    all: Option<bool>,
    /// Statuses per page.
    per_page: Option<PerPage>,
) -> Result<Page<Status>>;

/// Sets what a check, such as a build elsewhere, says of a commit.
///
/// A further status of the same name takes the place of the one before; GitLab refuses one that
/// changes nothing. Returns the status.
#[action(
    write,
    title = "Set a commit status",
    scopes = ["api"],
    post = "/projects/{project}/statuses/{sha}",
    json
)]
pub async fn set(
    cx: &ActionContext,
    project: ProjectRef,
    /// Hash of the commit.
    #[param(pattern = "^[0-9a-f]{40}([0-9a-f]{24})?$")]
    sha: String,
    /// What the check says.
    state: StatusState,
    /// Name of the check.
    #[param(provider_default = "default")]
    name: Option<String>,
    /// Branch or tag that it is for.
    r#ref: Option<String>,
    /// What it says in short.
    #[param(length(..=255))]
    description: Option<String>,
    /// Where it says more.
    #[param(format = "uri", length(..=255))]
    target_url: Option<String>,
) -> Result<Status>;
