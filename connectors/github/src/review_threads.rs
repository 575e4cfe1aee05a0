//! Threads of comments on the changes of a pull request: only GitHub's GraphQL API says which are
//! resolved, and resolves them.

use plugwright_sdk::graphql::{Connection, Operation};
use plugwright_sdk::{ActionContext, Page, Result, action};

use crate::model::{Repo, ReviewThread};

const LIST: Operation = Operation::new(
    "query ReviewThreads(
        $owner: String!, $name: String!, $number: Int!, $comments: Int!, $first: Int!, $after: String
    ) {
        repository(owner: $owner, name: $name) {
            pullRequest(number: $number) {
                reviewThreads(first: $first, after: $after) {
                    totalCount
                    nodes {
                        id isResolved isOutdated path line
                        resolvedBy { login }
                        comments(first: $comments) {
                            totalCount
                            nodes { body url createdAt author { login } }
                        }
                    }
                    pageInfo { hasNextPage endCursor }
                }
            }
        }
    }",
);

const RESOLVE: Operation = Operation::new(
    "mutation ResolveReviewThread($threadId: ID!, $comments: Int!) {
        resolveReviewThread(input: { threadId: $threadId }) {
            thread {
                id isResolved isOutdated path line
                resolvedBy { login }
                comments(first: $comments) {
                    totalCount
                    nodes { body url createdAt author { login } }
                }
            }
        }
    }",
);

const UNRESOLVE: Operation = Operation::new(
    "mutation UnresolveReviewThread($threadId: ID!, $comments: Int!) {
        unresolveReviewThread(input: { threadId: $threadId }) {
            thread {
                id isResolved isOutdated path line
                resolvedBy { login }
                comments(first: $comments) {
                    totalCount
                    nodes { body url createdAt author { login } }
                }
            }
        }
    }",
);

/// So many comments of a thread are returned.
const COMMENTS: u32 = 20;

/// Lists the threads of review comments on a pull request, resolved ones too.
///
/// Returns file and line of each thread, whether it is resolved or outdated, and its first 20 comments
/// with their number.
#[action("review_threads.list", read, scopes = ["repo"])]
pub async fn list(
    cx: &ActionContext,
    /// Repository as `owner/name`.
    repo: Repo,
    /// Number of the pull request in the repository.
    #[param(range(1..))]
    pull_number: u32,
    /// Threads per page.
    #[param(default = 30, range(1..=100))]
    per_page: u32,
) -> Result<Page<ReviewThread>> {
    cx.graphql(LIST)
        .variable("owner", repo.owner)
        .variable("name", repo.name)
        .variable("number", pull_number)
        .variable("comments", COMMENTS)
        .variable("first", per_page)
        .page(Connection::at("/repository/pullRequest/reviewThreads"))
        .await
}

/// Resolves a thread of review comments on a pull request.
///
/// Takes the id that `review_threads.list` gives. Returns the thread; resolving a resolved one changes
/// nothing.
#[action("review_threads.resolve", write, idempotent, title = "Resolve a review thread", scopes = ["repo"])]
pub async fn resolve(
    cx: &ActionContext,
    /// Id of the thread.
    #[param(length(1..), example = "PRRT_kwDOAHNrn84AVQqH")]
    thread_id: String,
) -> Result<ReviewThread> {
    cx.graphql(RESOLVE)
        .variable("threadId", thread_id)
        .variable("comments", COMMENTS)
        .at("/resolveReviewThread/thread")
        .fetch()
        .await
}

/// Takes back that a thread of review comments on a pull request is resolved.
///
/// Takes the id that `review_threads.list` gives. Returns the thread; on one that is not resolved it
/// changes nothing.
#[action("review_threads.unresolve", write, idempotent, title = "Unresolve a review thread", scopes = ["repo"])]
pub async fn unresolve(
    cx: &ActionContext,
    /// Id of the thread.
    #[param(length(1..), example = "PRRT_kwDOAHNrn84AVQqH")]
    thread_id: String,
) -> Result<ReviewThread> {
    cx.graphql(UNRESOLVE)
        .variable("threadId", thread_id)
        .variable("comments", COMMENTS)
        .at("/unresolveReviewThread/thread")
        .fetch()
        .await
}
