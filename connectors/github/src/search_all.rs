//! A search of everything at once, in one request.

use plugwright_sdk::graphql::Operation;
use plugwright_sdk::{ActionContext, Result, action};

use crate::model::SearchHits;

const SEARCH: Operation = Operation::new(
    "query SearchAll($query: String!, $first: Int!) {
        repositories: search(query: $query, type: REPOSITORY, first: $first) {
            count: repositoryCount
            nodes { __typename ... on Repository { nameWithOwner url } }
        }
        issues: search(query: $query, type: ISSUE, first: $first) {
            count: issueCount
            nodes {
                __typename
                ... on Issue { number title url issueState: state repository { nameWithOwner } }
                ... on PullRequest { number title url pullState: state repository { nameWithOwner } }
            }
        }
        discussions: search(query: $query, type: DISCUSSION, first: $first) {
            count: discussionCount
            nodes {
                __typename
                ... on Discussion { number title url repository { nameWithOwner } }
            }
        }
        accounts: search(query: $query, type: USER, first: $first) {
            count: userCount
            nodes {
                __typename
                ... on User { login url }
                ... on Organization { login url }
            }
        }
    }",
);

/// Searches repositories, issues, pull requests, discussions and accounts in one call.
///
/// Takes words and qualifiers of GitHub's search, such as `org:octo-org deploy`. Returns for each kind
/// the number of matches and the best of them; what an organization hides is left out.
#[action("search.all", read, title = "Search everything", scopes = ["repo"])]
pub async fn all(
    cx: &ActionContext,
    /// Search words and qualifiers.
    #[param(length(1..=256), example = "org:octo-org deploy")]
    query: String,
    /// Results of each kind.
    #[param(default = 5, range(1..=50))]
    per_kind: u32,
) -> Result<SearchHits> {
    cx.graphql(SEARCH)
        .variable("query", query)
        .variable("first", per_kind)
        .accept_partial()
        .fetch()
        .await
}
