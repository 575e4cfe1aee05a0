//! Comments on issues.

use plugwright_sdk::graphql::{Connection, Operation};
use plugwright_sdk::{ActionContext, Lost, Outcome, Page, Result, action, params};

use crate::fragments::comment;
use crate::key;
use crate::model::{Comment, Id, IssueId, PerPage, Success};

const LIST: Operation = Operation::new(concat!(
    "query Comments($id: String!, $first: Int!, $after: String) {
        issue(id: $id) {
            comments(first: $first, after: $after) {
                nodes { ...CommentFields }
                pageInfo { hasNextPage endCursor }
            }
        }
    }
    ",
    comment!()
));

const GET: Operation = Operation::new(concat!(
    "query Comment($id: String!) { comment(id: $id) { ...CommentFields } }
    ",
    comment!()
));

const CREATE: Operation = Operation::new(concat!(
    "mutation CreateComment($input: CommentCreateInput!) {
        commentCreate(input: $input) { comment { ...CommentFields } }
    }
    ",
    comment!()
));

const UPDATE: Operation = Operation::new(concat!(
    "mutation UpdateComment($id: String!, $input: CommentUpdateInput!) {
        commentUpdate(id: $id, input: $input) { comment { ...CommentFields } }
    }
    ",
    comment!()
));

const RESOLVE: Operation = Operation::new(concat!(
    "mutation ResolveComment($id: String!) {
        commentResolve(id: $id) { comment { ...CommentFields } }
    }
    ",
    comment!()
));

const UNRESOLVE: Operation = Operation::new(concat!(
    "mutation UnresolveComment($id: String!) {
        commentResolve: commentUnresolve(id: $id) { comment { ...CommentFields } }
    }
    ",
    comment!()
));

const DELETE: Operation =
    Operation::new("mutation DeleteComment($id: String!) { commentDelete(id: $id) { success } }");

/// Lists the comments on an issue with the replies to them.
///
/// Returns text, author and times of each, newest first, page by page; replies name the comment that they
/// reply to.
#[action(read, scopes = ["read"])]
pub async fn list(
    cx: &ActionContext,
    issue_id: IssueId,
    /// Comments per page.
    per_page: PerPage,
) -> Result<Page<Comment>> {
    cx.graphql(LIST)
        .variable("id", issue_id)
        .variable("first", per_page)
        .page(Connection::at("/issue/comments"))
        .await
}

/// Gets one comment by its id.
///
/// Returns its text in Markdown, author, issue and times, and whether its thread is resolved.
#[action(read, scopes = ["read"])]
pub async fn get(
    cx: &ActionContext,
    /// Id of the comment.
    comment_id: Id,
) -> Result<Comment> {
    cx.graphql(GET)
        .variable("id", comment_id)
        .at("/comment")
        .fetch()
        .await
}

/// Comments on an issue, or replies to a comment on it.
///
/// Returns the new comment with its id. People who follow the issue are told.
#[action(
    write,
    scopes = any("comments:create", "write"),
    reconcile(key = find_created())
)]
pub async fn create(
    cx: &ActionContext,
    issue_id: IssueId,
    /// Text, in Markdown.
    #[param(length(1..), example = "Fixed in the last release")]
    body: String,
    /// Id of the comment that it replies to.
    parent_id: Option<Id>,
) -> Result<Comment> {
    cx.graphql(CREATE)
        .input(
            "input",
            params![
                id = key::id(cx),
                issueId = issue_id,
                body,
                parentId = parent_id
            ],
        )
        .at("/commentCreate/comment")
        .fetch()
        .await
}

async fn find_created(cx: &ActionContext, lost: &Lost) -> Result<Outcome<Comment>> {
    key::found(
        cx.graphql(GET)
            .variable("id", key::lost(lost))
            .at("/comment")
            .fetch()
            .await,
    )
}

/// Replaces the text of a comment of the account's own.
///
/// The issue that it is on stays the same. Returns the changed comment.
#[action(write, idempotent, scopes = ["write"])]
pub async fn update(
    cx: &ActionContext,
    /// Id of the comment.
    comment_id: Id,
    /// New text, in Markdown.
    #[param(length(1..))]
    body: String,
) -> Result<Comment> {
    cx.graphql(UPDATE)
        .variable("id", comment_id)
        .input("input", params![body])
        .at("/commentUpdate/comment")
        .fetch()
        .await
}

/// Resolves the thread of a comment, or opens it again.
///
/// Threads that are resolved are folded away in Linear. Returns the first comment of the thread.
#[action(write, idempotent, title = "Resolve a comment", scopes = ["write"])]
pub async fn resolve(
    cx: &ActionContext,
    /// Id of the comment that the thread begins with.
    comment_id: Id,
    /// Whether it is resolved; `false` opens it again.
    #[param(default = true)]
    resolved: bool,
) -> Result<Comment> {
    cx.graphql(if resolved { RESOLVE } else { UNRESOLVE })
        .variable("id", comment_id)
        .at("/commentResolve/comment")
        .fetch()
        .await
}

/// Deletes a comment of the account's own, for good.
///
/// It can't be undone. Returns nothing.
#[action(destructive, idempotent, scopes = ["write"])]
pub async fn delete(
    cx: &ActionContext,
    /// Id of the comment.
    comment_id: Id,
) -> Result<()> {
    let request = cx
        .graphql(DELETE)
        .variable("id", comment_id)
        .at("/commentDelete");
    request.fetch::<Success>().await?.check()
}
