//! Repositories.

use plugwright_sdk::{ActionContext, Result, action, path};

use crate::model::{Repo, Repository};

/// Gets one repository by owner and name.
///
/// Follows renames. Returns its description, language, default branch, visibility, counts of stars,
/// forks and open issues, and times.
#[action("repos.get", read, title = "Get a repository", scopes = ["repo"])]
pub async fn get(
    cx: &ActionContext,
    /// Repository as `owner/name`.
    repo: Repo,
) -> Result<Repository> {
    cx.get(path!(
        "/repos/{owner}/{name}",
        owner = repo.owner,
        name = repo.name
    ))
    .fetch()
    .await
}
