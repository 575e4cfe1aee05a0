//! Comments on issues.

use plugwright_sdk::{ActionContext, Lost, Outcome, Page, Param, Result, action, params, path};

use crate::document::{from_markdown, to_markdown};
use crate::model::{Comment, IssueKey, MaxResults, Visibility, counted};

/// Order of the comments on an issue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum CommentOrder {
    /// The oldest first.
    #[param(rename = "created")]
    Oldest,
    /// The newest first.
    #[param(rename = "-created")]
    Newest,
}

/// Lists the comments on an issue, page by page.
///
/// Returns text as Markdown, author, who sees it and times of each.
#[action(read, title = "List comments on an issue", scopes = ["read:jira-work"])]
pub async fn list(
    cx: &ActionContext,
    issue: IssueKey,
    /// Order of the list.
    #[param(provider_default = CommentOrder::Oldest)]
    order_by: Option<CommentOrder>,
    /// Comments per page.
    max_results: Option<MaxResults>,
) -> Result<Page<Comment>> {
    cx.get(path!("/rest/api/3/issue/{issue}/comment"))
        .query_params(params!["orderBy" = order_by, "maxResults" = max_results])
        .page(counted("/comments"))
        .await
}

/// Gets one comment on an issue by its id.
///
/// Returns its text as Markdown, its author, who sees it, and times.
#[action(
    read,
    scopes = ["read:jira-work"],
    get = "/rest/api/3/issue/{issue}/comment/{comment_id}"
)]
pub async fn get(
    cx: &ActionContext,
    issue: IssueKey,
    /// Id of the comment.
    comment_id: String,
) -> Result<Comment>;

/// Adds a comment to an issue, in Markdown.
///
/// Everybody who sees the issue sees it, unless a role or group is stated. Returns the new comment
/// with its id.
#[action(
    write,
    title = "Comment on an issue",
    scopes = ["write:jira-work"],
    reconcile(natural = find_created(issue, body))
)]
pub async fn create(
    cx: &ActionContext,
    issue: IssueKey,
    /// Text, in Markdown; `[@name](accountid:ID)` mentions somebody.
    #[param(length(1..))]
    body: String,
    /// Who alone sees it.
    visibility: Option<Visibility>,
) -> Result<Comment> {
    cx.post(path!("/rest/api/3/issue/{issue}/comment"))
        .fields(params![body = from_markdown(&body), visibility])
        .fetch()
        .await
}

async fn find_created(
    cx: &ActionContext,
    lost: &Lost,
    issue: IssueKey,
    body: String,
) -> Result<Outcome<Comment>> {
    let comments: Page<Comment> = cx
        .get(path!("/rest/api/3/issue/{issue}/comment"))
        .query_params(params![
            "orderBy" = CommentOrder::Newest,
            "maxResults" = MaxResults(100)
        ])
        .pages(counted("/comments"), Lost::MOST_PAGES)
        .await?;
    let text = to_markdown(&from_markdown(&body));
    Ok(Outcome::in_list(comments, |comment| {
        Lost::same_text(comment.body.as_deref(), Some(&text))
            && lost.covers_optional(comment.created.as_deref())
    }))
}

/// Replaces the text of a comment on an issue, and who sees it if stated.
///
/// Returns the changed comment.
#[action(
    write,
    idempotent,
    title = "Update a comment on an issue",
    scopes = ["write:jira-work"]
)]
pub async fn update(
    cx: &ActionContext,
    issue: IssueKey,
    /// Id of the comment.
    comment_id: String,
    /// New text, in Markdown; `[@name](accountid:ID)` mentions somebody.
    #[param(length(1..))]
    body: String,
    /// Who alone sees it.
    visibility: Option<Visibility>,
) -> Result<Comment> {
    cx.put(path!("/rest/api/3/issue/{issue}/comment/{comment_id}"))
        .fields(params![body = from_markdown(&body), visibility])
        .fetch()
        .await
}

/// Deletes a comment from an issue.
///
/// It can't be undone. Returns nothing; fails if there is no such comment or the account may not
/// delete it.
#[action(
    destructive,
    title = "Delete a comment on an issue",
    scopes = ["write:jira-work"],
    delete = "/rest/api/3/issue/{issue}/comment/{comment_id}"
)]
pub async fn delete(
    cx: &ActionContext,
    issue: IssueKey,
    /// Id of the comment.
    comment_id: String,
) -> Result<()>;
