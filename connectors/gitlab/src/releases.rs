//! Releases of a project.

use plugwright_sdk::pagination::LinkHeader;
use plugwright_sdk::{ActionContext, Lost, Outcome, Page, Result, action};

use crate::model::{PerPage, ProjectRef, Release};

/// Lists the releases of a project, newest first.
///
/// Returns tag, title, notes, author, links to files and times of each, page by page.
#[action(
    read,
    scopes = any("api", "read_api"),
    get = "/projects/{project}/releases",
    page = LinkHeader
)]
pub async fn list(
    cx: &ActionContext,
    project: ProjectRef,
    /// Releases per page.
    per_page: Option<PerPage>,
) -> Result<Page<Release>>;

/// Gets the release of a tag.
///
/// Returns its title, notes, author and times, and the links to the files that belong to it.
#[action(
    read,
    scopes = any("api", "read_api"),
    get = "/projects/{project}/releases/{tag_name}"
)]
pub async fn get(
    cx: &ActionContext,
    project: ProjectRef,
    /// Name of the tag.
    #[param(example = "v1.0.0")]
    tag_name: String,
) -> Result<Release>;

/// Creates a release of a tag, and the tag if it does not exist.
///
/// Fails if the tag has a release. Returns the new release.
#[action(
    write,
    scopes = ["api"],
    reconcile(natural = find_created(project, tag_name, description)),
    post = "/projects/{project}/releases",
    json
)]
pub async fn create(
    cx: &ActionContext,
    project: ProjectRef,
    /// Name of the tag.
    #[param(length(1..), example = "v1.0.0")]
    tag_name: String,
    /// Title; without it, the name of the tag.
    name: Option<String>,
    /// Notes, in Markdown.
    description: Option<String>,
    /// Branch or commit that a new tag names.
    r#ref: Option<String>,
    /// Titles of milestones that it completes.
    milestones: Option<Vec<String>>,
    /// When it is released, if not now.
    #[param(format = "date-time")]
    released_at: Option<String>,
) -> Result<Release>;

async fn find_created(
    cx: &ActionContext,
    lost: &Lost,
    project: ProjectRef,
    tag_name: String,
    description: Option<String>,
) -> Result<Outcome<Release>> {
    Outcome::of_named(get(cx, project, tag_name).await, |release| {
        if Lost::same_text(release.description.as_deref(), description.as_deref())
            && lost.covers(&release.created_at)
        {
            Outcome::Done(release)
        } else {
            Outcome::unknown("the tag has another release")
        }
    })
}
