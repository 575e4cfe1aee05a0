//! Versions of a project.

use plugwright_sdk::pagination::Whole;
use plugwright_sdk::{ActionContext, Lost, Outcome, Page, Result, action, params, path};

use crate::model::{ProjectKey, Version};

/// Lists the versions of a project, in their order.
///
/// Returns id, name, description, days and whether it is released or archived of each.
#[action(
    read,
    title = "List versions of a project",
    scopes = ["read:jira-work"],
    get = "/rest/api/3/project/{project}/versions",
    page = Whole
)]
pub async fn list(cx: &ActionContext, project: ProjectKey) -> Result<Page<Version>>;

/// Creates a version in a project, to plan and release issues by.
///
/// Fails if the project has a version of this name. Returns the new version with its id.
#[action(
    write,
    title = "Create a version",
    scopes = ["manage:jira-project"],
    reconcile(natural = find_created(project_id, name))
)]
pub async fn create(
    cx: &ActionContext,
    /// Id of the project, from `projects.get`.
    project_id: u64,
    /// Name of the version.
    #[param(length(1..=255), example = "1.4")]
    name: String,
    /// What it brings.
    description: Option<String>,
    /// First day.
    #[param(format = "date")]
    start_date: Option<String>,
    /// Day of the release.
    #[param(format = "date")]
    release_date: Option<String>,
    /// Whether it is released.
    released: Option<bool>,
) -> Result<Version> {
    cx.post("/rest/api/3/version")
        .fields(params![
            "projectId" = project_id,
            name,
            description,
            "startDate" = start_date,
            "releaseDate" = release_date,
            released
        ])
        .fetch()
        .await
}

async fn find_created(
    cx: &ActionContext,
    _lost: &Lost,
    project_id: u64,
    name: String,
) -> Result<Outcome<Version>> {
    let versions: Page<Version> = cx
        .get(path!("/rest/api/3/project/{project_id}/versions"))
        .pages(Whole, 1)
        .await?;
    Ok(Outcome::in_list(versions, |version| {
        version.name == name.trim()
    }))
}

/// Changes a version of a project: its name, description or days, or releases or archives it.
///
/// What is not given stays as it is. Returns the changed version.
#[action(
    write,
    idempotent,
    title = "Update a version",
    scopes = ["manage:jira-project"]
)]
pub async fn update(
    cx: &ActionContext,
    /// Id of the version.
    version_id: String,
    /// New name.
    #[param(length(1..=255))]
    name: Option<String>,
    /// What it brings.
    description: Option<String>,
    /// First day.
    #[param(format = "date")]
    start_date: Option<String>,
    /// Day of the release.
    #[param(format = "date")]
    release_date: Option<String>,
    /// Whether it is released.
    released: Option<bool>,
    /// Whether it is archived.
    archived: Option<bool>,
) -> Result<Version> {
    cx.put(path!("/rest/api/3/version/{version_id}"))
        .fields(params![
            name,
            description,
            "startDate" = start_date,
            "releaseDate" = release_date,
            released,
            archived
        ])
        .fetch()
        .await
}
