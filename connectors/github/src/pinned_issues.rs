//! Pinned issues of a repository, which only GitHub's GraphQL API lists.

use plugwright_sdk::graphql::{Connection, Operation};
use plugwright_sdk::{ActionContext, Page, Result, action};

use crate::model::{PinnedIssue, Repo};

const LIST: Operation = Operation::new(
    "query PinnedIssues($owner: String!, $name: String!, $after: String) {
        repository(owner: $owner, name: $name) {
            pinnedIssues(first: 10, after: $after) {
                totalCount
                nodes {
                    issue { number title state url }
                    pinnedBy { login }
                }
                pageInfo { hasNextPage endCursor }
            }
        }
    }",
);

/// Lists the issues that are pinned to the top of a repository's issues.
///
/// A repository has at most three. Returns number, title, state and URL of each, and who pinned it.
#[action("issues.list_pinned", read, title = "List pinned issues", scopes = ["repo"])]
pub async fn list(
    cx: &ActionContext,
    /// Repository as `owner/name`.
    repo: Repo,
) -> Result<Page<PinnedIssue>> {
    cx.graphql(LIST)
        .variable("owner", repo.owner)
        .variable("name", repo.name)
        .page(Connection::at("/repository/pinnedIssues"))
        .await
}
