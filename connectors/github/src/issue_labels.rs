//! Labels on an issue.

use plugwright_sdk::pagination::LinkHeader;
use plugwright_sdk::{ActionContext, Page, Result, action, path};

use crate::model::{IssueNumber, Label, PerPage, Repo};

/// Lists the labels on an issue or pull request.
///
/// Returns id, name, colour and description of each label, page by page.
#[action("issues.list_labels", read, title = "List labels on an issue", scopes = any("repo", "public_repo"), get = "/repos/{+repo}/issues/{issue_number}/labels", page = LinkHeader)]
pub async fn list(
    cx: &ActionContext,
    repo: Repo,
    issue_number: IssueNumber,
    /// Labels per page.
    per_page: Option<PerPage>,
) -> Result<Page<Label>>;

/// Adds labels to an issue or pull request and keeps those that it has.
///
/// Labels that the repository does not have are made. Returns all labels that are then on the issue.
#[action("issues.add_labels", write, idempotent, scopes = any("repo", "public_repo"))]
pub async fn add(
    cx: &ActionContext,
    repo: Repo,
    issue_number: IssueNumber,
    /// Names of labels to add.
    #[param(length(1..=100))]
    labels: Vec<String>,
) -> Result<Page<Label>> {
    let labels = cx
        .post(path!("/repos/{+repo}/issues/{issue_number}/labels"))
        .field("labels", labels)
        .fetch()
        .await?;
    Ok(Page::new(labels))
}

/// Sets the labels of an issue or pull request, in place of those that it has.
///
/// An empty list removes all. Returns the labels that are then on the issue.
#[action("issues.set_labels", write, idempotent, title = "Set the labels of an issue", scopes = any("repo", "public_repo"))]
pub async fn set(
    cx: &ActionContext,
    repo: Repo,
    issue_number: IssueNumber,
    /// Names of the labels that it shall have.
    #[param(length(..=100))]
    labels: Vec<String>,
) -> Result<Page<Label>> {
    let labels = cx
        .put(path!("/repos/{+repo}/issues/{issue_number}/labels"))
        .field("labels", labels)
        .fetch()
        .await?;
    Ok(Page::new(labels))
}

/// Removes one label from an issue or pull request; the label itself stays in the repository.
///
/// Returns the labels that are left on the issue.
#[action("issues.remove_label", write, scopes = any("repo", "public_repo"))]
pub async fn remove(
    cx: &ActionContext,
    repo: Repo,
    issue_number: IssueNumber,
    /// Name of the label.
    name: String,
) -> Result<Page<Label>> {
    let path = path!("/repos/{+repo}/issues/{issue_number}/labels/{name}");
    let labels = cx.delete(path).fetch().await?;
    Ok(Page::new(labels))
}

/// Removes all labels from an issue or pull request; the labels themselves stay in the repository.
///
/// Returns nothing. An issue without labels stays as it is.
#[action("issues.remove_all_labels", destructive, idempotent, scopes = any("repo", "public_repo"), delete = "/repos/{+repo}/issues/{issue_number}/labels")]
pub async fn remove_all(cx: &ActionContext, repo: Repo, issue_number: IssueNumber) -> Result<()>;
