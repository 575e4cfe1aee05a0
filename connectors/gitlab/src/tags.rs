//! Tags of a repository.

use plugwright_sdk::pagination::LinkHeader;
use plugwright_sdk::{ActionContext, Page, Result, action};

use crate::model::{PerPage, ProjectRef, Tag};

/// Lists the tags of a project's repository, the last changed first.
///
/// Filters by a part of the name. Returns name, message, commit and release notes of each.
#[action(
    read,
    scopes = any("api", "read_api"),
    get = "/projects/{project}/repository/tags",
    page = LinkHeader
)]
pub async fn list(
    cx: &ActionContext,
    project: ProjectRef,
    /// Only tags whose name has this; `^` in front means begins with it, `$` behind ends with it.
    #[param(example = "^v1.")]
    search: Option<String>,
    /// Tags per page.
    per_page: Option<PerPage>,
) -> Result<Page<Tag>>;

/// Gets one tag of a project's repository by its name.
///
/// Returns its message, its commit, the notes of its release, and whether it is protected.
#[action(
    read,
    scopes = any("api", "read_api"),
    get = "/projects/{project}/repository/tags/{tag_name}"
)]
pub async fn get(
    cx: &ActionContext,
    project: ProjectRef,
    /// Name of the tag.
    #[param(example = "v1.0.0")]
    tag_name: String,
) -> Result<Tag>;
