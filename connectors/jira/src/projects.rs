//! Projects.

use plugwright_sdk::pagination::Whole;
use plugwright_sdk::{ActionContext, Page, Result, action, params};

use crate::model::{IssueTypeStatuses, MaxResults, Project, ProjectKey, values};

/// Lists the projects that the account can see, by their keys.
///
/// Filters by words in key or name. Returns key, name, kind and style of each, page by page.
#[action(read, scopes = ["read:jira-work"])]
pub async fn list(
    cx: &ActionContext,
    /// Only projects whose key or name has this.
    query: Option<String>,
    /// Projects per page.
    max_results: Option<MaxResults>,
) -> Result<Page<Project>> {
    cx.get("/rest/api/3/project/search")
        .query_params(params![query, "maxResults" = max_results])
        .page(values())
        .await
}

/// Gets one project by its key.
///
/// Returns name, description, lead, kind and style, and whether it is private or archived.
#[action(
    read,
    scopes = ["read:jira-work"],
    get = "/rest/api/3/project/{project}"
)]
pub async fn get(cx: &ActionContext, project: ProjectKey) -> Result<Project>;

/// Lists the statuses that issues of a project can have, by type of issue.
///
/// Returns the name of each type with the names of its statuses, for queries and transitions.
#[action(
    read,
    title = "List statuses of a project",
    scopes = ["read:jira-work"],
    get = "/rest/api/3/project/{project}/statuses",
    page = Whole
)]
pub async fn list_statuses(
    cx: &ActionContext,
    project: ProjectKey,
) -> Result<Page<IssueTypeStatuses>>;
