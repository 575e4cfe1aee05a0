//! Projects.

use plugwright_sdk::{ActionContext, Lost, Outcome, Page, Patch, Result, action, params};

use crate::model::{COLORS, Limit, Project, ProjectId, ViewStyle, results};

/// Lists active projects: all of them, or those of a workspace or folder.
///
/// Archived projects are left out. Returns name, colour, parent and view of each project, page by
/// page.
#[action(read, scopes = ["data:read"], get = "/projects", page = results())]
pub async fn list(
    cx: &ActionContext,
    /// Only projects of the workspace with this id; without effect beside `folder_id`.
    workspace_id: Option<String>,
    /// Only projects of the folder with this id.
    folder_id: Option<String>,
    /// Projects per page.
    limit: Option<Limit>,
) -> Result<Page<Project>>;

/// Lists archived projects, which can be brought back by `projects.unarchive`.
///
/// Returns name, colour, parent and view of each project, page by page.
#[action(read, scopes = ["data:read"], get = "/projects/archived", page = results())]
pub async fn list_archived(
    cx: &ActionContext,
    /// Projects per page.
    limit: Option<Limit>,
) -> Result<Page<Project>>;

/// Gets one project by its id.
///
/// Returns its name, description, colour, parent, view, workspace and times.
#[action(read, scopes = ["data:read"], get = "/projects/{project_id}")]
pub async fn get(cx: &ActionContext, project_id: ProjectId) -> Result<Project>;

/// Creates a project, personal or in a workspace.
///
/// With a parent, it becomes a part of another personal project. Returns the new project with its
/// id.
#[action(
    write,
    scopes = ["data:read_write"],
    reconcile(natural = find_created(name, parent_id, workspace_id)),
    post = "/projects",
    json
)]
pub async fn create(
    cx: &ActionContext,
    /// Name of the project.
    #[param(length(1..=120))]
    name: String,
    /// What it is about, in Markdown.
    #[param(length(..=16383))]
    description: Option<String>,
    /// Id of the project that it becomes a part of.
    parent_id: Option<String>,
    /// Id of the workspace that it belongs to.
    workspace_id: Option<String>,
    /// Colour.
    #[param(options = COLORS, provider_default = "charcoal")]
    color: Option<String>,
    /// Whether it is among the favourites.
    #[param(provider_default = false)]
    is_favorite: Option<bool>,
    /// How apps show it.
    #[param(provider_default = ViewStyle::List)]
    view_style: Option<ViewStyle>,
) -> Result<Project>;

async fn find_created(
    cx: &ActionContext,
    lost: &Lost,
    name: String,
    parent_id: Option<String>,
    workspace_id: Option<String>,
) -> Result<Outcome<Project>> {
    let projects: Page<Project> = cx
        .get("/projects")
        .query_params(params![workspace_id])
        .query("limit", Limit(200))
        .pages(results(), Lost::MOST_PAGES)
        .await?;
    Ok(Outcome::in_list(projects, |project| {
        project.name.trim() == name.trim()
            && project.parent_id == parent_id
            && lost.covers_optional(project.created_at.as_deref())
    }))
}

/// Changes a project: name, description, colour, view or folder.
///
/// What is not given stays as it is; `null` takes a workspace project out of its folder. Returns
/// the changed project.
#[action(write, idempotent, scopes = ["data:read_write"], post = "/projects/{project_id}", json)]
pub async fn update(
    cx: &ActionContext,
    project_id: ProjectId,
    /// New name.
    #[param(length(1..=120))]
    name: Option<String>,
    /// New description, in Markdown; an empty one removes it.
    #[param(length(..=16383))]
    description: Option<String>,
    /// New colour.
    #[param(options = COLORS)]
    color: Option<String>,
    /// Whether it is among the favourites.
    is_favorite: Option<bool>,
    /// How apps show it.
    view_style: Option<ViewStyle>,
    /// Id of the folder that it goes to, in workspaces; `null` takes it out of its folder.
    folder_id: Patch<String>,
) -> Result<Project>;

/// Archives a project, so that lists of active projects and tasks leave it out.
///
/// Its tasks stay as they are, and `projects.unarchive` brings it back. Returns the archived project.
#[action(write, idempotent, scopes = ["data:read_write"], post = "/projects/{project_id}/archive")]
pub async fn archive(cx: &ActionContext, project_id: ProjectId) -> Result<Project>;

/// Brings an archived project back among the active ones.
///
/// `projects.list_archived` tells the ids of archived projects. Returns the project as it is now.
#[action(
    write,
    idempotent,
    scopes = ["data:read_write"],
    post = "/projects/{project_id}/unarchive"
)]
pub async fn unarchive(cx: &ActionContext, project_id: ProjectId) -> Result<Project>;

/// Deletes a project with all its sections, tasks and comments.
///
/// It can't be undone. A workspace project must be archived before. Returns nothing.
#[action(destructive, idempotent, scopes = ["project:delete"], delete = "/projects/{project_id}")]
pub async fn delete(cx: &ActionContext, project_id: ProjectId) -> Result<()>;
