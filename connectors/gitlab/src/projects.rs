//! Projects.

use plugwright_sdk::pagination::LinkHeader;
use plugwright_sdk::{ActionContext, Lost, Outcome, Page, Param, Result, action, params, path};

use crate::model::{GroupRef, LONGEST_PAGE, PerPage, Project, ProjectRef};

/// Who sees a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum Visibility {
    /// Members.
    Private,
    /// Everybody with an account.
    Internal,
    /// Everybody.
    Public,
}

/// Lists the projects that the account can see, newest first.
///
/// Filters by words, by membership and by ownership; without a filter, it lists all public projects
/// too. Returns path, description, default branch, visibility and counts of each.
#[action(
    read,
    scopes = any("api", "read_api"),
    get = "/projects",
    query(pagination = "keyset", order_by = "id", sort = "desc"),
    page = LinkHeader
)]
pub async fn list(
    cx: &ActionContext,
    /// Only projects whose name, path or description has these words.
    #[param(length(3..), example = "wget")]
    search: Option<String>,
    /// Only projects that the account is a member of.
    #[param(default = true)]
    membership: bool,
    /// Only projects that the account owns.
    #[param(provider_default = false)]
    owned: Option<bool>,
    /// Only archived projects, or only those that are not.
    archived: Option<bool>,
    /// Projects per page.
    per_page: Option<PerPage>,
) -> Result<Page<Project>>;

/// Lists the projects of a group, newest first.
///
/// Filters by words, and takes in the projects of subgroups if asked to. Returns path, description,
/// default branch, visibility and counts of each.
#[action(
    read,
    title = "List the projects of a group",
    scopes = any("api", "read_api"),
    get = "/groups/{group}/projects",
    page = LinkHeader
)]
pub async fn list_in_group(
    cx: &ActionContext,
    group: GroupRef,
    /// Only projects whose name or path has these words.
    search: Option<String>,
    /// Whether projects of subgroups count.
    #[param(provider_default = false)]
    include_subgroups: Option<bool>,
    /// Projects per page.
    per_page: Option<PerPage>,
) -> Result<Page<Project>>;

/// Gets one project by its id or path.
///
/// Returns name, description, default branch, visibility, topics, counts, addresses to clone it from
/// and times.
#[action(read, scopes = any("api", "read_api"), get = "/projects/{project}")]
pub async fn get(cx: &ActionContext, project: ProjectRef) -> Result<Project>;

/// Creates a project for the account or in a group.
///
/// It is private and without a commit unless stated otherwise. Fails if the name is taken. Returns
/// the new project with its id and path.
#[action(
    write,
    scopes = ["api"],
    reconcile(natural = find_created(name)),
    post = "/projects",
    json
)]
pub async fn create(
    cx: &ActionContext,
    /// Name of the project.
    #[param(length(1..=255))]
    name: String,
    /// Last part of its path; without it, made of the name.
    #[param(pattern = "^[A-Za-z0-9_.-]+$")]
    path: Option<String>,
    /// Id of the group that it goes to; without it, the account's own projects.
    namespace_id: Option<u64>,
    /// What it is about.
    description: Option<String>,
    /// Who sees it.
    #[param(provider_default = Visibility::Private)]
    visibility: Option<Visibility>,
    /// Whether to begin with a commit that has a README.
    #[param(provider_default = false)]
    initialize_with_readme: Option<bool>,
) -> Result<Project>;

async fn find_created(cx: &ActionContext, lost: &Lost, name: String) -> Result<Outcome<Project>> {
    let projects: Page<Project> = cx
        .get("/projects")
        .query_params(params![
            membership = true,
            search = name.clone(),
            order_by = "created_at",
            per_page = LONGEST_PAGE
        ])
        .pages(LinkHeader, Lost::MOST_PAGES)
        .await?;
    Ok(Outcome::in_list(projects, |project| {
        project.name == name.trim() && is_new(lost, project)
    }))
}

/// Forks a project: copies it to the account's own projects or to a group.
///
/// GitLab copies the repository afterwards, so the fork is empty at first. Returns the fork with its
/// id and path.
#[action(
    write,
    scopes = ["api"],
    reconcile(natural = find_fork(project)),
    post = "/projects/{project}/fork",
    json(optional)
)]
pub async fn fork(
    cx: &ActionContext,
    project: ProjectRef,
    /// Path of the group or account that the fork goes to; without it, the account.
    namespace_path: Option<String>,
    /// Name of the fork; without it, that of the project.
    name: Option<String>,
    /// Last part of the fork's path; without it, that of the project.
    path: Option<String>,
) -> Result<Project>;

async fn find_fork(
    cx: &ActionContext,
    lost: &Lost,
    project: ProjectRef,
) -> Result<Outcome<Project>> {
    let forks: Page<Project> = cx
        .get(path!("/projects/{project}/forks"))
        .query_params(params![membership = true, per_page = LONGEST_PAGE])
        .pages(LinkHeader, Lost::MOST_PAGES)
        .await?;
    Ok(Outcome::in_list(forks, |fork| is_new(lost, fork)))
}

fn is_new(lost: &Lost, project: &Project) -> bool {
    lost.covers_optional(project.created_at.as_deref())
}
