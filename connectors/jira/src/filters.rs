//! Saved searches.

use plugwright_sdk::{ActionContext, Page, Result, action, params};

use crate::model::{Filter, MaxResults, values};

/// Lists saved searches, by words in their names, page by page.
///
/// Returns name, description, owner and query of each; `issues.search` takes the query.
#[action(read, scopes = ["read:jira-work"])]
pub async fn list(
    cx: &ActionContext,
    /// Only searches whose name has this.
    filter_name: Option<String>,
    /// Searches per page.
    max_results: Option<MaxResults>,
) -> Result<Page<Filter>> {
    cx.get("/rest/api/3/filter/search")
        .query_params(params![
            "filterName" = filter_name,
            expand = "description,owner,jql",
            "maxResults" = max_results
        ])
        .page(values())
        .await
}
