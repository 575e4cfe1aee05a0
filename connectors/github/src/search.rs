//! Search.

use plugwright_sdk::pagination::{LinkHeader, Pagination};
use plugwright_sdk::{ActionContext, Page, Param, Result, action, params, path};

use crate::model::{Issue, Order, PerPage};

/// Order of found issues.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum SearchSort {
    /// Number of comments.
    Comments,
    /// Number of reactions.
    Reactions,
    /// When it was made.
    Created,
    /// When it last changed.
    Updated,
}

/// Searches issues and pull requests over all of GitHub with its search syntax.
///
/// Words and qualifiers such as `repo:octocat/Hello-World is:issue is:open label:bug` can be
/// combined. Returns the best matches with their total count; GitHub gives at most 1,000.
#[action(read, title = "Search issues and pull requests", scopes = ["repo"])]
pub async fn issues(
    cx: &ActionContext,
    /// Search words and qualifiers.
    #[param(length(1..=256), example = "is:issue is:open label:bug repo:octocat/Hello-World")]
    query: String,
    /// Order of the results; without it, the best match comes first.
    sort: Option<SearchSort>,
    /// Direction of the order.
    #[param(provider_default = Order::Desc)]
    order: Option<Order>,
    /// Results per page.
    per_page: Option<PerPage>,
) -> Result<Page<Issue>> {
    cx.get(path!("/search/issues"))
        .query_params(params![q = query, sort, order, per_page])
        .page(LinkHeader.items("/items").total("/total_count"))
        .await
}
