//! Comments on tasks and projects.

use plugwright_sdk::{ActionContext, Lost, Outcome, Page, Params, Result, action, params};

use crate::model::{Comment, Limit, ProjectId, TaskId, results};

/// A file for a new comment.
#[derive(Clone, Debug, Params)]
pub struct NewAttachment {
    /// Where the file is.
    #[param(format = "uri")]
    pub file_url: String,
    /// Name of the file.
    pub file_name: Option<String>,
    /// Media type.
    #[param(example = "application/pdf")]
    pub file_type: Option<String>,
    /// What it is: `file`, `image`, `audio` and the like.
    #[param(provider_default = "file")]
    pub resource_type: Option<String>,
}

/// Lists the comments on a task or on a project.
///
/// Returns text, author, time and file of each comment, page by page.
#[action(
    read,
    scopes = ["data:read"],
    get = "/comments",
    page = results(),
    exactly_one(task_id, project_id)
)]
pub async fn list(
    cx: &ActionContext,
    task_id: Option<TaskId>,
    project_id: Option<ProjectId>,
    /// Comments per page.
    limit: Option<Limit>,
) -> Result<Page<Comment>>;

/// Gets one comment by its id.
///
/// Returns its text, the task or project that it is on, author, time, file and reactions.
#[action(read, scopes = ["data:read"], get = "/comments/{comment_id}")]
pub async fn get(
    cx: &ActionContext,
    /// Id of the comment.
    comment_id: String,
) -> Result<Comment>;

/// Adds a comment to a task or to a project, perhaps with a file.
///
/// Returns the new comment with its id.
#[action(
    write,
    scopes = ["data:read_write"],
    reconcile(natural = find_created(content, task_id, project_id)),
    post = "/comments",
    json,
    exactly_one(task_id, project_id)
)]
pub async fn create(
    cx: &ActionContext,
    /// Text of the comment, in Markdown.
    #[param(length(1..=15000))]
    content: String,
    task_id: Option<TaskId>,
    project_id: Option<ProjectId>,
    /// A file that the comment links to.
    attachment: Option<NewAttachment>,
    /// Ids of people to tell of it.
    #[param(length(1..))]
    uids_to_notify: Option<Vec<String>>,
) -> Result<Comment>;

async fn find_created(
    cx: &ActionContext,
    lost: &Lost,
    content: String,
    task_id: Option<TaskId>,
    project_id: Option<ProjectId>,
) -> Result<Outcome<Comment>> {
    let comments: Page<Comment> = cx
        .get("/comments")
        .query_params(params![task_id, project_id])
        .query("limit", Limit(200))
        .pages(results(), Lost::MOST_PAGES)
        .await?;
    Ok(Outcome::in_list(comments, |comment| {
        comment.content.trim() == content.trim() && lost.covers(&comment.posted_at)
    }))
}

/// Replaces the text of a comment.
///
/// Its file and the task or project that it is on stay as they are. Returns the changed comment.
#[action(write, idempotent, scopes = ["data:read_write"], post = "/comments/{comment_id}", json)]
pub async fn update(
    cx: &ActionContext,
    /// Id of the comment.
    comment_id: String,
    /// New text, in Markdown.
    #[param(length(1..=15000))]
    content: String,
) -> Result<Comment>;

/// Deletes a comment from its task or project, with its file.
///
/// It can't be undone. Returns nothing.
#[action(destructive, idempotent, scopes = ["data:delete"], delete = "/comments/{comment_id}")]
pub async fn delete(
    cx: &ActionContext,
    /// Id of the comment.
    comment_id: String,
) -> Result<()>;
