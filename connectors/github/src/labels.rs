//! Labels of a repository.

use plugwright_sdk::pagination::LinkHeader;
use plugwright_sdk::{ActionContext, Page, Result, action, path};

use crate::model::{Label, Repo};

/// Lists the labels that a repository has for its issues and pull requests.
///
/// Returns id, name, colour and description of each label, page by page.
#[action("labels.list", read, scopes = ["repo"])]
pub async fn list(
    cx: &ActionContext,
    /// Repository as `owner/name`.
    repo: Repo,
    /// Labels per page.
    #[param(default = 30, range(1..=100))]
    per_page: Option<u32>,
) -> Result<Page<Label>> {
    cx.get(path!("/repos/{+repo}/labels"))
        .query("per_page", per_page)
        .page(LinkHeader)
        .await
}

/// Gets one label of a repository by its name.
///
/// Upper and lower case count as the same. Returns id, name, colour and description.
#[action("labels.get", read, title = "Get a label", scopes = ["repo"])]
pub async fn get(
    cx: &ActionContext,
    /// Repository as `owner/name`.
    repo: Repo,
    /// Name of the label.
    name: String,
) -> Result<Label> {
    cx.get(path!("/repos/{+repo}/labels/{name}")).fetch().await
}

/// Creates a label in a repository, with a colour and a description.
///
/// Fails if the repository has a label of that name. Returns the new label.
#[action("labels.create", write, title = "Create a label", scopes = ["repo"])]
pub async fn create(
    cx: &ActionContext,
    /// Repository as `owner/name`.
    repo: Repo,
    /// Name of the label; emoji can be written as `:bug:`.
    #[param(length(1..=50))]
    name: String,
    /// Colour as six hexadecimal digits without `#`; GitHub chooses one if none is given.
    color: Option<String>,
    /// What the label is for.
    #[param(length(..=100))]
    description: Option<String>,
) -> Result<Label> {
    cx.post(path!("/repos/{+repo}/labels"))
        .field("name", name)
        .field("color", color)
        .field("description", description)
        .fetch()
        .await
}

/// Changes a label of a repository: its name, colour or description.
///
/// What is not given stays as it is; issues keep the label under its new name. Returns the changed
/// label.
#[action("labels.update", write, idempotent, title = "Update a label", scopes = ["repo"])]
pub async fn update(
    cx: &ActionContext,
    /// Repository as `owner/name`.
    repo: Repo,
    /// Name of the label as it is now.
    name: String,
    /// New name.
    #[param(length(1..=50))]
    new_name: Option<String>,
    /// New colour as six hexadecimal digits without `#`.
    color: Option<String>,
    /// New description.
    #[param(length(..=100))]
    description: Option<String>,
) -> Result<Label> {
    cx.patch(path!("/repos/{+repo}/labels/{name}"))
        .field("new_name", new_name)
        .field("color", color)
        .field("description", description)
        .fetch()
        .await
}

/// Deletes a label from a repository and from every issue and pull request that has it.
///
/// It can't be undone. Returns nothing.
#[action("labels.delete", destructive, title = "Delete a label", scopes = ["repo"])]
pub async fn delete(
    cx: &ActionContext,
    /// Repository as `owner/name`.
    repo: Repo,
    /// Name of the label.
    name: String,
) -> Result<()> {
    cx.delete(path!("/repos/{+repo}/labels/{name}"))
        .fetch()
        .await
}
