//! Types of issues.

use plugwright_sdk::pagination::Whole;
use plugwright_sdk::{ActionContext, Page, Result, action};

use crate::model::IssueType;

/// Lists the types that issues of a project can have, such as `Task`, `Bug` or `Epic`.
///
/// Returns name, description and level of each; `issues.create` takes the name.
#[action(read, title = "List issue types of a project", scopes = ["read:jira-work"])]
pub async fn list(
    cx: &ActionContext,
    /// Id of the project, from `projects.get`.
    project_id: u64,
) -> Result<Page<IssueType>> {
    cx.get("/rest/api/3/issuetype/project")
        .query("projectId", project_id)
        .page(Whole)
        .await
}
