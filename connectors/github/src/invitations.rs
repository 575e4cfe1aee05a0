//! Invitations to work on a repository.

use plugwright_sdk::pagination::LinkHeader;
use plugwright_sdk::{ActionContext, Page, Result, action};

use crate::model::{Invitation, PerPage, Repo};

/// Lists the invitations to a repository that are not answered yet.
///
/// Returns id, invited account, inviting account, offered role and time of each; `invitations.accept`
/// takes the id.
#[action(read, title = "List invitations to a repository", scopes = ["repo"], get = "/repos/{+repo}/invitations", page = LinkHeader)]
pub async fn list(
    cx: &ActionContext,
    repo: Repo,
    /// Invitations per page.
    per_page: Option<PerPage>,
) -> Result<Page<Invitation>>;

/// Accepts an invitation of the signed-in account to work on a repository.
///
/// Returns nothing. Fails if there is no such invitation, or if it was answered or is too old.
#[action(write, title = "Accept an invitation to a repository", scopes = ["repo:invite"], patch = "/user/repository_invitations/{invitation_id}")]
pub async fn accept(
    cx: &ActionContext,
    /// Id of the invitation.
    #[param(range(1..))]
    invitation_id: u64,
) -> Result<()>;
