//! Labels of a site.

use plugwright_sdk::{ActionContext, Page, Result, action};

use crate::model::{MaxResults, values};

/// Lists the labels that issues of the site have, page by page.
///
/// Returns their names alone; labels belong to no project, and are made by using them.
#[action(read, scopes = ["read:jira-work"])]
pub async fn list(
    cx: &ActionContext,
    /// Labels per page.
    max_results: Option<MaxResults>,
) -> Result<Page<String>> {
    cx.get("/rest/api/3/label")
        .query("maxResults", max_results)
        .page(values())
        .await
}
