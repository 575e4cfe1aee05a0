//! Reports on how projects go.

use plugwright_sdk::graphql::{Connection, Operation};
use plugwright_sdk::{ActionContext, Lost, Outcome, Page, Result, action, params};

use crate::fragments::project_update;
use crate::key;
use crate::model::{Health, Id, PerPage, ProjectUpdate};
use crate::projects::ProjectId;

const LIST: Operation = Operation::new(concat!(
    "query ProjectUpdates($id: String!, $first: Int!, $after: String) {
        project(id: $id) {
            projectUpdates(first: $first, after: $after) {
                nodes { ...ProjectUpdateFields }
                pageInfo { hasNextPage endCursor }
            }
        }
    }
    ",
    project_update!()
));

const GET: Operation = Operation::new(concat!(
    "query ProjectUpdate($id: String!) { projectUpdate(id: $id) { ...ProjectUpdateFields } }
    ",
    project_update!()
));

const CREATE: Operation = Operation::new(concat!(
    "mutation CreateProjectUpdate($input: ProjectUpdateCreateInput!) {
        projectUpdateCreate(input: $input) { projectUpdate { ...ProjectUpdateFields } }
    }
    ",
    project_update!()
));

/// Lists the reports on how a project goes.
///
/// Returns text, health, author and times of each, newest first, page by page.
#[action("projects.list_updates", read, title = "List updates of a project", scopes = ["read"])]
pub async fn list(
    cx: &ActionContext,
    project_id: ProjectId,
    /// Reports per page.
    per_page: PerPage,
) -> Result<Page<ProjectUpdate>> {
    cx.graphql(LIST)
        .variable("id", project_id)
        .variable("first", per_page)
        .page(Connection::at("/project/projectUpdates"))
        .await
}

/// Posts a report on how a project goes, with its health.
///
/// The health of the project becomes that of the report. Returns the new report with its id.
#[action(
    "projects.post_update",
    write,
    title = "Post an update of a project",
    scopes = ["write"],
    reconcile(key = find_created())
)]
pub async fn create(
    cx: &ActionContext,
    /// Id of the project.
    project_id: Id,
    /// Text, in Markdown.
    #[param(length(1..))]
    body: String,
    /// How the project goes.
    #[param(provider_default = Health::OnTrack)]
    health: Option<Health>,
) -> Result<ProjectUpdate> {
    cx.graphql(CREATE)
        .input(
            "input",
            params![id = key::id(cx), projectId = project_id, body, health],
        )
        .at("/projectUpdateCreate/projectUpdate")
        .fetch()
        .await
}

async fn find_created(cx: &ActionContext, lost: &Lost) -> Result<Outcome<ProjectUpdate>> {
    key::found(
        cx.graphql(GET)
            .variable("id", key::lost(lost))
            .at("/projectUpdate")
            .fetch()
            .await,
    )
}
