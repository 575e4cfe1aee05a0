//! Boards.

use plugwright_sdk::{ActionContext, Page, Param, Result, action, params};

use crate::model::{Board, MaxResults, ProjectKey, values};

/// Kind of a board.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum BoardKind {
    /// With sprints.
    Scrum,
    /// Without sprints.
    Kanban,
    /// Of a project that is managed by its team.
    Simple,
}

/// Lists the boards that the account can see, page by page.
///
/// Filters by kind, name and project. Returns id, name and kind of each; `sprints.list` takes the id.
#[action(read, scopes = ["read:board-scope:jira-software"])]
pub async fn list(
    cx: &ActionContext,
    /// Only boards of this kind.
    kind: Option<BoardKind>,
    /// Only boards whose name has this.
    name: Option<String>,
    /// Only boards of this project.
    project: Option<ProjectKey>,
    /// Boards per page.
    max_results: Option<MaxResults>,
) -> Result<Page<Board>> {
    cx.get("/rest/agile/1.0/board")
        .query_params(params![
            r#type = kind,
            name,
            "projectKeyOrId" = project,
            "maxResults" = max_results
        ])
        .page(values())
        .await
}
