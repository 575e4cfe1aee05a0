//! Files and directories of a repository.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use plugwright_sdk::http::RequestBuilder;
use plugwright_sdk::pagination::LinkHeader;
use plugwright_sdk::{
    ActionContext, ActionError, Lost, Outcome, Page, Param, Params, Result, Value, action, params,
    path,
};

use crate::answer;
use crate::model::{Commit, CommittedFile, Entry, File, PerPage, Repo, Sha};

/// How the content of a file is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum ContentEncoding {
    /// As text.
    #[param(rename = "utf-8")]
    Utf8,
    /// In base64, for files that are not text.
    Base64,
}

/// Somebody whom a commit names.
#[derive(Debug, Params)]
pub struct Person {
    /// Name.
    pub name: String,
    /// Mail address.
    #[param(format = "email")]
    pub email: String,
}

/// Lists what a directory of a repository holds: files, directories and symbolic links.
///
/// Returns name, path, type, size and hash of each, without content. GitHub lists at most 1,000
/// entries of a directory.
#[action(read, title = "List a directory", scopes = any("repo", "public_repo"))]
pub async fn list(
    cx: &ActionContext,
    repo: Repo,
    /// Path of the directory in the repository; without it, the topmost one.
    #[param(example = "src/model")]
    path: Option<String>,
    /// Branch, tag or commit; without it, the default branch.
    r#ref: Option<String>,
) -> Result<Page<Entry>> {
    let directory = match path {
        Some(path) => path!("/repos/{+repo}/contents/{+path}"),
        None => path!("/repos/{+repo}/contents/"),
    };
    let found: Value = cx.get(directory).query("ref", r#ref).fetch().await?;
    if found.get("type").is_some() {
        return Err(ActionError::invalid_param(
            "path",
            "is no directory; `contents.get` gets a file",
        ));
    }
    Ok(Page::new(answer::typed(found)?))
}

/// Gets a file of a repository with its content and the hash that replacing it needs.
///
/// Content that is not UTF-8 text comes in base64. Above 1 MB, GitHub leaves the content out;
/// `contents.get_text` reads larger files.
#[action(read, title = "Get a file", scopes = any("repo", "public_repo"))]
pub async fn get(
    cx: &ActionContext,
    repo: Repo,
    /// Path of the file in the repository.
    #[param(example = "README.md")]
    path: String,
    /// Branch, tag or commit; without it, the default branch.
    r#ref: Option<String>,
) -> Result<File> {
    let found: Value = file(cx, &repo, &path, r#ref).fetch().await?;
    if found.is_array() {
        return Err(answer::is_a_directory());
    }
    answer::typed(found)
}

/// The text of a file.
#[plugwright_sdk::model]
pub struct FileText {
    /// The text, as it is in the file.
    pub text: String,
}

/// Reads a text file of a repository as it is, also one above 1 MB.
///
/// Returns the text alone, which must be UTF-8; `contents.get` gives its hash too, and takes files
/// that are not text.
#[action(read, title = "Read a text file", scopes = any("repo", "public_repo"))]
pub async fn get_text(
    cx: &ActionContext,
    repo: Repo,
    /// Path of the file in the repository.
    #[param(example = "README.md")]
    path: String,
    /// Branch, tag or commit; without it, the default branch.
    r#ref: Option<String>,
) -> Result<FileText> {
    let response = file(cx, &repo, &path, r#ref)
        .header("accept", "application/vnd.github.raw+json")
        .send()
        .await?;
    let text = answer::raw_text(&response)?;
    Ok(FileText { text })
}

fn file<'a>(
    cx: &'a ActionContext,
    repo: &Repo,
    path: &str,
    git_ref: Option<String>,
) -> RequestBuilder<'a> {
    cx.get(path!("/repos/{+repo}/contents/{+path}", repo = *repo))
        .query("ref", git_ref)
}

/// Writes one file of a repository in a commit of its own: makes it, or replaces its content.
///
/// A file that exists is replaced only if its present hash is given. Files below
/// `.github/workflows` need the scope `workflow` as well. Returns the hashes of content and commit.
#[action(write, title = "Create or update a file", scopes = any("repo", "public_repo"), reconcile(natural = find_commit(repo, path, message, branch)))]
pub async fn put(
    cx: &ActionContext,
    repo: Repo,
    /// Path of the file in the repository; folders on the way are made.
    #[param(example = "notes/hello.txt")]
    path: String,
    /// Message of the commit.
    #[param(length(1..))]
    message: String,
    /// The whole content of the file.
    content: String,
    /// How `content` is given.
    #[param(default = ContentEncoding::Utf8)]
    encoding: ContentEncoding,
    /// Hash of the content that the file has now, from `contents.get`; only if it exists.
    sha: Option<Sha>,
    /// Branch to commit to; without it, the default branch.
    branch: Option<String>,
    /// Who is named as having committed; without it, the signed-in account.
    committer: Option<Person>,
    /// Who is named as having written the change; without it, the committer.
    author: Option<Person>,
) -> Result<CommittedFile> {
    let content = match encoding {
        ContentEncoding::Utf8 => STANDARD.encode(content),
        ContentEncoding::Base64 => checked_base64(content)?,
    };
    cx.put(path!("/repos/{+repo}/contents/{+path}"))
        .fields(params![message, content, sha, branch, committer, author])
        .fetch()
        .await
}

/// Finds the commit by its message, and the file as it has it.
async fn find_commit(
    cx: &ActionContext,
    lost: &Lost,
    repo: Repo,
    path: String,
    message: String,
    branch: Option<String>,
) -> Result<Outcome<CommittedFile>> {
    let commits: Page<Commit> = cx
        .get(path!("/repos/{+repo}/commits"))
        .query("sha", branch)
        .query("path", path.clone())
        .query("since", lost.since())
        .query("per_page", PerPage(100))
        .pages(LinkHeader, Lost::MOST_PAGES)
        .await?;
    let is_it = |commit: &Commit| Lost::same_text(Some(&commit.commit.message), Some(&message));
    let commit = match Outcome::in_list(commits, is_it) {
        Outcome::Done(commit) => commit,
        Outcome::NotDone => return Ok(Outcome::NotDone),
        Outcome::Unknown(reason) => return Ok(Outcome::Unknown(reason)),
    };
    let file: File = file(cx, &repo, &path, Some(commit.sha.clone()))
        .fetch()
        .await?;
    Ok(Outcome::Done(CommittedFile {
        path: file.path,
        sha: file.sha,
        size: file.size,
        commit_sha: commit.sha,
        commit_message: commit.commit.message,
        html_url: file.html_url,
    }))
}

fn checked_base64(content: String) -> Result<String> {
    match STANDARD.decode(&content) {
        Ok(_) => Ok(content),
        Err(error) => Err(ActionError::invalid_param(
            "content",
            format!("is not base64: {error}"),
        )),
    }
}
