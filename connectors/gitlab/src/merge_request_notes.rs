//! Comments on merge requests.

use plugwright_sdk::pagination::LinkHeader;
use plugwright_sdk::{ActionContext, Lost, Outcome, Page, Result, action, path};

use crate::lost;
use crate::model::{Comment, MergeRequestIid, PerPage, ProjectRef, Sort};

/// Lists the comments on a merge request, newest first, with what GitLab notes of its changes.
///
/// Those that GitLab wrote have `system` set. Returns text, author and times of each.
#[action(
    read,
    title = "List comments on a merge request",
    scopes = any("api", "read_api"),
    get = "/projects/{project}/merge_requests/{merge_request_iid}/notes",
    page = LinkHeader
)]
pub async fn list(
    cx: &ActionContext,
    project: ProjectRef,
    merge_request_iid: MergeRequestIid,
    /// Direction of the order by time.
    #[param(provider_default = Sort::Desc)]
    sort: Option<Sort>,
    /// Comments per page.
    per_page: Option<PerPage>,
) -> Result<Page<Comment>>;

/// Adds a comment to a merge request, in Markdown.
///
/// A text that only has quick actions, such as `/close`, runs them and adds no comment, which
/// fails. Returns the new comment with its id.
#[action(
    write,
    title = "Comment on a merge request",
    scopes = ["api"],
    reconcile(natural = find_created(project, merge_request_iid, body)),
    post = "/projects/{project}/merge_requests/{merge_request_iid}/notes",
    json
)]
pub async fn create(
    cx: &ActionContext,
    project: ProjectRef,
    merge_request_iid: MergeRequestIid,
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
    merge_request_iid: MergeRequestIid,
    body: String,
) -> Result<Outcome<Comment>> {
    let path = path!("/projects/{project}/merge_requests/{merge_request_iid}/notes");
    lost::find_comment(cx.get(path), lost, &body).await
}

/// Replaces the text of a comment on a merge request.
///
/// The account must have written it, or be a maintainer. Returns the changed comment.
#[action(
    write,
    idempotent,
    title = "Update a comment on a merge request",
    scopes = ["api"],
    put = "/projects/{project}/merge_requests/{merge_request_iid}/notes/{note_id}",
    json
)]
pub async fn update(
    cx: &ActionContext,
    project: ProjectRef,
    merge_request_iid: MergeRequestIid,
    /// Id of the comment.
    note_id: u64,
    /// New text, in Markdown.
    #[param(length(1..=1_000_000))]
    body: String,
) -> Result<Comment>;
