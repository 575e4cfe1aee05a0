//! Labels of a repository.

use plugwright_sdk::pagination::LinkHeader;
use plugwright_sdk::{ActionContext, Lost, Outcome, Page, Result, action};

use crate::model::{Label, PerPage, Repo};

/// Lists the labels that a repository has for its issues and pull requests.
///
/// Returns id, name, colour and description of each label, page by page.
#[action(read, scopes = any("repo", "public_repo"), get = "/repos/{+repo}/labels", page = LinkHeader)]
pub async fn list(
    cx: &ActionContext,
    repo: Repo,
    /// Labels per page.
    per_page: Option<PerPage>,
) -> Result<Page<Label>>;

/// Gets one label of a repository by its name.
///
/// Upper and lower case count as the same. Returns id, name, colour and description.
#[action(read, scopes = any("repo", "public_repo"), get = "/repos/{+repo}/labels/{name}")]
pub async fn get(
    cx: &ActionContext,
    repo: Repo,
    /// Name of the label.
    name: String,
) -> Result<Label>;

/// Creates a label in a repository, with a colour and a description.
///
/// Fails if the repository has a label of that name. Returns the new label.
#[action(write, scopes = any("repo", "public_repo"), reconcile(natural = find_created(repo, name, color, description)), post = "/repos/{+repo}/labels", json)]
pub async fn create(
    cx: &ActionContext,
    repo: Repo,
    /// Name of the label; emoji can be written as `:bug:`.
    #[param(length(1..=50))]
    name: String,
    /// Colour as six hexadecimal digits without `#`; GitHub chooses one if none is given.
    color: Option<String>,
    /// What the label is for.
    #[param(length(..=100))]
    description: Option<String>,
) -> Result<Label>;

async fn find_created(
    cx: &ActionContext,
    _lost: &Lost,
    repo: Repo,
    name: String,
    color: Option<String>,
    description: Option<String>,
) -> Result<Outcome<Label>> {
    let color = color.as_deref();
    Outcome::of_named(get(cx, repo, name).await, |label| {
        let is_it = color.is_none_or(|color| label.color.eq_ignore_ascii_case(color))
            && Lost::same_text(label.description.as_deref(), description.as_deref());
        if is_it {
            Outcome::Done(label)
        } else {
            Outcome::unknown("the repository has another label of this name")
        }
    })
}

/// Changes a label of a repository: its name, colour or description.
///
/// What is not given stays as it is; issues keep the label under its new name. Returns the changed
/// label.
#[action(write, idempotent, scopes = any("repo", "public_repo"), patch = "/repos/{+repo}/labels/{name}", json)]
pub async fn update(
    cx: &ActionContext,
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
) -> Result<Label>;

/// Deletes a label from a repository and from every issue and pull request that has it.
///
/// It can't be undone. Returns nothing.
#[action(destructive, scopes = any("repo", "public_repo"), delete = "/repos/{+repo}/labels/{name}")]
pub async fn delete(
    cx: &ActionContext,
    repo: Repo,
    /// Name of the label.
    name: String,
) -> Result<()>;
