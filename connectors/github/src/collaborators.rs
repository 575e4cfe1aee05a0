//! Collaborators of a repository.

use plugwright_sdk::pagination::LinkHeader;
use plugwright_sdk::{ActionContext, Page, Param, Result, action, params, path};

use crate::answer;
use crate::model::{AddedCollaborator, Collaborator, PerPage, Repo};

/// How collaborators came to the repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum Affiliation {
    /// From outside of the organization.
    Outside,
    /// By being added themselves, members of the organization or not.
    Direct,
    /// Any way.
    All,
}

/// What a collaborator may do at least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum Permission {
    /// Read.
    Pull,
    /// Manage issues and pull requests.
    Triage,
    /// Write.
    Push,
    /// Manage the repository without the dangerous parts.
    Maintain,
    /// Everything.
    Admin,
}

/// Lists the people who work on a repository.
///
/// Teams count through their members. Returns login, role and permissions of each; the signed-in
/// account must be able to write to the repository.
#[action(read, scopes = ["repo", "read:org"], get = "/repos/{+repo}/collaborators", page = LinkHeader)]
pub async fn list(
    cx: &ActionContext,
    repo: Repo,
    /// Only those who came this way.
    #[param(provider_default = Affiliation::All)]
    affiliation: Option<Affiliation>,
    /// Only those who may do this.
    permission: Option<Permission>,
    /// Collaborators per page.
    per_page: Option<PerPage>,
) -> Result<Page<Collaborator>>;

/// Adds a collaborator to a repository, or changes the role of one.
///
/// People from outside get an invitation and have access once they accept it; others have it at
/// once. Returns the invitation, if one was sent.
#[action(write, idempotent, scopes = ["repo"])]
pub async fn add(
    cx: &ActionContext,
    repo: Repo,
    /// Login of the account.
    username: String,
    /// What it may do: `pull`, `triage`, `push`, `maintain`, `admin` or a role of the
    /// organization's own. Repositories of a personal account have `push` alone.
    #[param(provider_default = "push")]
    permission: Option<String>,
) -> Result<AddedCollaborator> {
    let response = cx
        .put(path!("/repos/{+repo}/collaborators/{username}"))
        .fields(params![permission])
        .optional_body()
        .send()
        .await?;
    let invitation = match response.status {
        204 => None,
        _ => Some(answer::json(&response)?),
    };
    Ok(AddedCollaborator { invitation })
}

/// Removes a collaborator from a repository, and cancels the invitations that it sent.
///
/// Its own fork of the repository is deleted, and it is taken off the issues that it is assigned to.
/// It may keep access through an organization. Returns nothing.
#[action(destructive, idempotent, scopes = ["repo"], delete = "/repos/{+repo}/collaborators/{username}")]
pub async fn remove(
    cx: &ActionContext,
    repo: Repo,
    /// Login of the account.
    username: String,
) -> Result<()>;
