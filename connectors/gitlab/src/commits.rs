//! Commits of a repository.

use plugwright_sdk::pagination::LinkHeader;
use plugwright_sdk::{ActionContext, Lost, Outcome, Page, Param, Params, Result, action, path};

use crate::files::ContentEncoding;
use crate::lost::find_commit;
use crate::model::{Commit, CommitComment, LONGEST_PAGE, PerPage, ProjectRef};

/// What a commit does to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum FileAction {
    /// Makes it.
    Create,
    /// Replaces its content.
    Update,
    /// Deletes it.
    Delete,
    /// Moves it from `previous_path`.
    Move,
}

/// A change of one file.
#[derive(Debug, Params)]
pub struct FileChange {
    /// What becomes of the file.
    pub action: FileAction,
    /// Path of the file in the repository.
    pub file_path: String,
    /// Path that a moved file had.
    pub previous_path: Option<String>,
    /// The whole content of a file that is made or updated.
    pub content: Option<String>,
    /// How `content` is given.
    #[param(provider_default = ContentEncoding::Text)]
    pub encoding: Option<ContentEncoding>,
}

/// Which side of a change a line is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum LineType {
    /// Of the changed file.
    New,
    /// Of the file before the change.
    Old,
}

/// Lists the commits of a project's repository, newest first.
///
/// Filters by branch, path, author and time. Returns hash, title, message, author and times of each,
/// page by page.
#[action(
    read,
    scopes = any("api", "read_api"),
    get = "/projects/{project}/repository/commits",
    page = LinkHeader
)]
pub async fn list(
    cx: &ActionContext,
    project: ProjectRef,
    /// Branch, tag or range of commits; without it, the default branch.
    #[param(example = "main")]
    ref_name: Option<String>,
    /// Only commits that change this file or directory.
    path: Option<String>,
    /// Only commits by whom name or mail address has this.
    author: Option<String>,
    /// Only commits since this time.
    #[param(format = "date-time")]
    since: Option<String>,
    /// Only commits until this time.
    #[param(format = "date-time")]
    until: Option<String>,
    /// Commits per page.
    per_page: Option<PerPage>,
) -> Result<Page<Commit>>;

/// Gets one commit of a project's repository.
///
/// Returns hash, message, author, times, how many lines it changes and what its last pipeline came
/// to.
#[action(
    read,
    scopes = any("api", "read_api"),
    get = "/projects/{project}/repository/commits/{sha}"
)]
pub async fn get(
    cx: &ActionContext,
    project: ProjectRef,
    /// Hash of the commit, or the name of a branch or tag.
    sha: String,
) -> Result<Commit>;

/// Creates one commit that makes, updates, moves or deletes any number of files.
///
/// All changes are made or none. With `start_branch`, makes the branch first. Returns the new commit.
#[action(
    write,
    scopes = ["api"],
    reconcile(natural = find_created(project, branch, commit_message)),
    post = "/projects/{project}/repository/commits",
    json
)]
pub async fn create(
    cx: &ActionContext,
    project: ProjectRef,
    /// Branch to commit to.
    #[param(length(1..))]
    branch: String,
    /// Message of the commit.
    #[param(length(1..))]
    commit_message: String,
    /// The changes, each of one file.
    #[param(length(1..))]
    actions: Vec<FileChange>,
    /// Branch that `branch` starts from, if it does not exist.
    start_branch: Option<String>,
    /// Name of who wrote the change; without it, the account.
    author_name: Option<String>,
    /// Mail address of who wrote the change.
    #[param(format = "email")]
    author_email: Option<String>,
) -> Result<Commit>;

async fn find_created(
    cx: &ActionContext,
    lost: &Lost,
    project: ProjectRef,
    branch: String,
    commit_message: String,
) -> Result<Outcome<Commit>> {
    // The branch may not exist, if the commit was to make it.
    let found = find_commit(cx, lost, project, branch, None, &commit_message).await;
    match found {
        Err(error) if error.code() == plugwright_sdk::ErrorCode::NotFound => Ok(Outcome::NotDone),
        found => found,
    }
}

/// Lists the comments on a commit, the oldest first.
///
/// Returns text, author and time of each, and the file and line that it is on.
#[action(
    read,
    title = "List comments on a commit",
    scopes = any("api", "read_api"),
    get = "/projects/{project}/repository/commits/{sha}/comments",
    page = LinkHeader
)]
pub async fn list_comments(
    cx: &ActionContext,
    project: ProjectRef,
    /// Hash of the commit, or the name of a branch or tag.
    sha: String,
    /// Comments per page.
    per_page: Option<PerPage>,
) -> Result<Page<CommitComment>>;

/// Adds a comment to a commit, or to a line of a file that it changes.
///
/// Returns the new comment, with the file and line that it is on.
#[action(
    write,
    title = "Comment on a commit",
    scopes = ["api"],
    reconcile(natural = find_comment(project, sha, note, path, line)),
    post = "/projects/{project}/repository/commits/{sha}/comments",
    json,
    all_or_none(path, line, line_type)
)]
pub async fn create_comment(
    cx: &ActionContext,
    project: ProjectRef,
    /// Hash of the commit, or the name of a branch or tag.
    sha: String,
    /// Text of the comment, in Markdown.
    #[param(length(1..))]
    note: String,
    /// Path of the file that it is on.
    path: Option<String>,
    /// Line of the file that it is on.
    line: Option<u64>,
    /// Which side of the change the line is on.
    line_type: Option<LineType>,
) -> Result<CommitComment>;

async fn find_comment(
    cx: &ActionContext,
    lost: &Lost,
    project: ProjectRef,
    sha: String,
    note: String,
    path: Option<String>,
    line: Option<u64>,
) -> Result<Outcome<CommitComment>> {
    let comments: Page<CommitComment> = cx
        .get(path!(
            "/projects/{project}/repository/commits/{sha}/comments"
        ))
        .query("per_page", LONGEST_PAGE)
        .pages(LinkHeader, Lost::MOST_PAGES)
        .await?;
    Ok(Outcome::in_list(comments, |comment| {
        Lost::same_text(Some(&comment.note), Some(&note))
            && comment.path == path
            && comment.line == line
            && lost.covers_optional(comment.created_at.as_deref())
    }))
}
