//! Labels of a project.

use plugwright_sdk::pagination::LinkHeader;
use plugwright_sdk::{ActionContext, Lost, Outcome, Page, Result, action, path};

use crate::model::{LONGEST_PAGE, Label, PerPage, ProjectRef};

/// Lists the labels of a project, with those of the groups around it.
///
/// Filters by a part of the name. Returns name, colour, description and counts of each.
#[action(
    read,
    scopes = any("api", "read_api"),
    get = "/projects/{project}/labels",
    page = LinkHeader
)]
pub async fn list(
    cx: &ActionContext,
    project: ProjectRef,
    /// Only labels whose name or description has this.
    search: Option<String>,
    /// Whether to count open issues and merge requests of each.
    #[param(provider_default = false)]
    with_counts: Option<bool>,
    /// Labels per page.
    per_page: Option<PerPage>,
) -> Result<Page<Label>>;

/// Creates a label in a project, with a colour and a description.
///
/// Fails if the project or a group around it has a label of this name. Returns the new label.
#[action(
    write,
    scopes = ["api"],
    reconcile(natural = find_created(project, name, color)),
    post = "/projects/{project}/labels",
    json
)]
pub async fn create(
    cx: &ActionContext,
    project: ProjectRef,
    /// Name of the label.
    #[param(length(1..=255), pattern = "^[^,]+$", example = "bug")]
    name: String,
    /// Colour, as `#` and six hexadecimal digits.
    #[param(pattern = "^#[0-9A-Fa-f]{6}$", example = "#d9534f")]
    color: String,
    /// What it is for.
    description: Option<String>,
    /// Rank among labels with a priority, 0 first.
    priority: Option<u32>,
) -> Result<Label>;

async fn find_created(
    cx: &ActionContext,
    _lost: &Lost,
    project: ProjectRef,
    name: String,
    color: String,
) -> Result<Outcome<Label>> {
    let labels: Page<Label> = cx
        .get(path!("/projects/{project}/labels"))
        .query("search", name.clone())
        .query("per_page", LONGEST_PAGE)
        .pages(LinkHeader, Lost::MOST_PAGES)
        .await?;
    Ok(Outcome::in_list(labels, |label| {
        label.name == name.trim() && label.color.eq_ignore_ascii_case(&color)
    }))
}
