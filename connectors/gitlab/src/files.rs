//! Files and directories of a repository.

use plugwright_sdk::pagination::LinkHeader;
use plugwright_sdk::{ActionContext, FileOutput, Lost, Outcome, Page, Param, Result, action, path};

use crate::lost::find_commit;
use crate::model::{ChangedFile, Entry, File, PerPage, ProjectRef};

/// How the content of a file is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum ContentEncoding {
    /// As text.
    Text,
    /// In base64, for files that are not text.
    Base64,
}

/// Lists what a directory of a project's repository holds: files, directories and submodules.
///
/// Returns name, path, type and hash of each, without content; the whole tree if asked to.
#[action(
    read,
    title = "List a directory",
    scopes = any("api", "read_api"),
    get = "/projects/{project}/repository/tree",
    page = LinkHeader
)]
pub async fn list(
    cx: &ActionContext,
    project: ProjectRef,
    /// Path of the directory in the repository; without it, the topmost one.
    #[param(example = "src/model")]
    path: Option<String>,
    /// Branch, tag or commit; without it, the default branch.
    r#ref: Option<String>,
    /// Whether what is in directories below counts.
    #[param(provider_default = false)]
    recursive: Option<bool>,
    /// Entries per page.
    per_page: Option<PerPage>,
) -> Result<Page<Entry>>;

/// Gets a file of a project's repository with its content.
///
/// Content that is not UTF-8 text comes in base64. `files.download` takes files of any length.
/// Returns content, size, hashes and the commit that last changed it.
#[action(
    read,
    scopes = any("api", "read_api", "read_repository"),
    get = "/projects/{project}/repository/files/{path}"
)]
pub async fn get(
    cx: &ActionContext,
    project: ProjectRef,
    /// Path of the file in the repository.
    #[param(example = "docs/README.md")]
    path: String,
    /// Branch, tag or commit; `HEAD` is the default branch.
    #[param(default = "HEAD")]
    r#ref: String,
) -> Result<File>;

/// Creates a file in a project's repository, by a commit of its own.
///
/// Fails if there is a file at this path; directories on the way are made. Returns path and branch.
#[action(
    write,
    scopes = ["api"],
    reconcile(natural = find_written(project, path, branch, commit_message)),
    post = "/projects/{project}/repository/files/{path}",
    json
)]
pub async fn create(
    cx: &ActionContext,
    project: ProjectRef,
    /// Path of the file in the repository.
    #[param(example = "notes/hello.txt")]
    path: String,
    /// Branch to commit to.
    #[param(length(1..))]
    branch: String,
    /// Message of the commit.
    #[param(length(1..))]
    commit_message: String,
    /// The whole content of the file.
    content: String,
    /// How `content` is given.
    #[param(provider_default = ContentEncoding::Text)]
    encoding: Option<ContentEncoding>,
    /// Branch that `branch` starts from, if it does not exist.
    start_branch: Option<String>,
) -> Result<ChangedFile>;

/// Replaces the content of a file in a project's repository, by a commit of its own.
///
/// Given the last commit that was seen, fails if the file has changed since. Returns path and branch.
#[action(
    write,
    scopes = ["api"],
    reconcile(natural = find_written(project, path, branch, commit_message)),
    put = "/projects/{project}/repository/files/{path}",
    json
)]
pub async fn update(
    cx: &ActionContext,
    project: ProjectRef,
    /// Path of the file in the repository.
    path: String,
    /// Branch to commit to.
    #[param(length(1..))]
    branch: String,
    /// Message of the commit.
    #[param(length(1..))]
    commit_message: String,
    /// The whole new content of the file.
    content: String,
    /// How `content` is given.
    #[param(provider_default = ContentEncoding::Text)]
    encoding: Option<ContentEncoding>,
    /// Hash of the last commit that changed the file, from `files.get`.
    last_commit_id: Option<String>,
) -> Result<ChangedFile>;

/// Finds the commit by its message.
async fn find_written(
    cx: &ActionContext,
    lost: &Lost,
    project: ProjectRef,
    path: String,
    branch: String,
    commit_message: String,
) -> Result<Outcome<ChangedFile>> {
    let of_file = Some(path.clone());
    let found = find_commit(cx, lost, project, branch.clone(), of_file, &commit_message).await?;
    found.try_map(|_commit| {
        Ok(ChangedFile {
            file_path: path,
            branch,
        })
    })
}

/// Downloads a file of a project's repository, of any length.
///
/// Returns its name, media type and size, and the file itself, unless the caller saves it as it
/// comes.
#[action(
    read,
    scopes = any("api", "read_api", "read_repository")
)]
pub async fn download(
    cx: &ActionContext,
    project: ProjectRef,
    /// Path of the file in the repository.
    path: String,
    /// Branch, tag or commit; `HEAD` is the default branch.
    #[param(default = "HEAD")]
    r#ref: String,
) -> Result<FileOutput> {
    cx.get(path!("/projects/{project}/repository/files/{path}/raw"))
        .query("ref", r#ref)
        .download()
        .await
}
