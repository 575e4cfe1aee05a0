//! Comments and commits whose answer was lost.

use plugwright_sdk::http::RequestBuilder;
use plugwright_sdk::pagination::LinkHeader;
use plugwright_sdk::{ActionContext, Lost, Outcome, Page, Result, params, path};

use crate::model::{Comment, Commit, LONGEST_PAGE, ProjectRef};

/// Finds a comment by its text among those that the request lists, newest first.
pub(crate) async fn find_comment(
    comments: RequestBuilder<'_>,
    lost: &Lost,
    body: &str,
) -> Result<Outcome<Comment>> {
    let comments: Page<Comment> = comments
        .query("per_page", LONGEST_PAGE)
        .pages(LinkHeader, Lost::MOST_PAGES)
        .await?;
    Ok(Outcome::in_list(comments, |comment| {
        Lost::same_text(Some(&comment.body), Some(body)) && lost.covers(&comment.created_at)
    }))
}

/// Finds a commit by its message among those on a branch, if stated of a file.
pub(crate) async fn find_commit(
    cx: &ActionContext,
    lost: &Lost,
    project: ProjectRef,
    branch: String,
    path: Option<String>,
    message: &str,
) -> Result<Outcome<Commit>> {
    let commits: Page<Commit> = cx
        .get(path!("/projects/{project}/repository/commits"))
        .query_params(params![
            ref_name = branch,
            path,
            since = lost.since(),
            per_page = LONGEST_PAGE
        ])
        .pages(LinkHeader, Lost::MOST_PAGES)
        .await?;
    Ok(Outcome::in_list(commits, |commit| {
        Lost::same_text(commit.message.as_deref(), Some(message))
    }))
}
