//! Comments on issues.

use plugwright_sdk::pagination::LinkHeader;
use plugwright_sdk::{ActionContext, Lost, Outcome, Page, Result, action, path};

use crate::lost;
use crate::model::{Comment, IssueIid, PerPage, ProjectRef, Sort};

/// Lists the comments on an issue, newest first, with what GitLab notes of its changes.
///
/// Those that GitLab wrote have `system` set. Returns text, author and times of each.
#[action(
    read,
    title = "List comments on an issue",
    scopes = any("api", "read_api"),
    get = "/projects/{project}/issues/{issue_iid}/notes",
    page = LinkHeader
)]
pub async fn list(
    cx: &ActionContext,
    project: ProjectRef,
    issue_iid: IssueIid,
    /// Direction of the order by time.
    #[param(provider_default = Sort::Desc)]
    sort: Option<Sort>,
    /// Comments per page.
    per_page: Option<PerPage>,
) -> Result<Page<Comment>>;

/// Adds a comment to an issue, in Markdown.
///
/// A text that only has quick actions, such as `/close`, runs them and adds no comment, which
/// fails. Returns the new comment with its id.
#[action(
    write,
    title = "Comment on an issue",
    scopes = ["api"],
    reconcile(natural = find_created(project, issue_iid, body)),
    post = "/projects/{project}/issues/{issue_iid}/notes",
    json
)]
pub async fn create(
    cx: &ActionContext,
    project: ProjectRef,
    issue_iid: IssueIid,
    /// Text of the comment, in Markdown.
    #[param(length(1..=1_000_000))]
    body: String,
    /// Whether only members of the project see it.
    #[param(provider_default = false)]
    internal: Option<bool>,
) -> Result<Comment>;

async fn find_created(
    cx: &ActionContext,
    lost: &Lost,
    project: ProjectRef,
    issue_iid: IssueIid,
    body: String,
) -> Result<Outcome<Comment>> {
    let path = path!("/projects/{project}/issues/{issue_iid}/notes");
    lost::find_comment(cx.get(path), lost, &body).await
}

/// Replaces the text of a comment on an issue.
///
/// The account must have written it, or be a maintainer. Returns the changed comment.
#[action(
    write,
    idempotent,
    title = "Update a comment on an issue",
    scopes = ["api"],
    put = "/projects/{project}/issues/{issue_iid}/notes/{note_id}",
    json
)]
pub async fn update(
    cx: &ActionContext,
    project: ProjectRef,
    issue_iid: IssueIid,
    /// Id of the comment.
    note_id: u64,
    /// New text, in Markdown.
    #[param(length(1..=1_000_000))]
    body: String,
) -> Result<Comment>;
