//! Sections of projects.

use plugwright_sdk::{ActionContext, Lost, Outcome, Page, Patch, Result, action, params};

use crate::model::{Limit, ProjectId, Section, results};

/// Lists the sections of a project, or of all projects.
///
/// Archived sections are left out. Returns name, description, project and place of each section,
/// page by page.
#[action(read, scopes = ["data:read"], get = "/sections", page = results())]
pub async fn list(
    cx: &ActionContext,
    /// Only sections of the project with this id.
    project_id: Option<ProjectId>,
    /// Sections per page.
    limit: Option<Limit>,
) -> Result<Page<Section>>;

/// Gets one section of a project by its id.
///
/// Returns its name, description, project, place and times.
#[action(read, scopes = ["data:read"], get = "/sections/{section_id}")]
pub async fn get(
    cx: &ActionContext,
    /// Id of the section.
    section_id: String,
) -> Result<Section>;

/// Creates a section in a project.
///
/// Without a stated place it comes after the other sections. Returns the new section with its id.
#[action(
    write,
    scopes = ["data:read_write"],
    reconcile(natural = find_created(name, project_id)),
    post = "/sections",
    json
)]
pub async fn create(
    cx: &ActionContext,
    /// Name of the section.
    #[param(length(1..=2048))]
    name: String,
    project_id: ProjectId,
    /// Place in the project.
    order: Option<i32>,
    /// What it is about, in Markdown.
    description: Option<String>,
) -> Result<Section>;

async fn find_created(
    cx: &ActionContext,
    lost: &Lost,
    name: String,
    project_id: ProjectId,
) -> Result<Outcome<Section>> {
    let sections: Page<Section> = cx
        .get("/sections")
        .query_params(params![project_id])
        .query("limit", Limit(200))
        .pages(results(), Lost::MOST_PAGES)
        .await?;
    Ok(Outcome::in_list(sections, |section| {
        section.name.trim() == name.trim() && lost.covers_optional(section.added_at.as_deref())
    }))
}

/// Changes a section: its name or description.
///
/// What is not given stays as it is; `null` removes the description. Returns the changed section.
#[action(write, idempotent, scopes = ["data:read_write"], post = "/sections/{section_id}", json)]
pub async fn update(
    cx: &ActionContext,
    /// Id of the section.
    section_id: String,
    /// New name.
    #[param(length(1..=2048))]
    name: Option<String>,
    /// New description, in Markdown; `null` removes it.
    description: Patch<String>,
) -> Result<Section>;

/// Deletes a section with all its tasks.
///
/// It can't be undone; to keep the tasks, move them to another place before. Returns nothing.
#[action(destructive, idempotent, scopes = ["data:delete"], delete = "/sections/{section_id}")]
pub async fn delete(
    cx: &ActionContext,
    /// Id of the section.
    section_id: String,
) -> Result<()>;
