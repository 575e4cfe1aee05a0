//! Git references: branches, tags and other names of commits.

use std::fmt;
use std::str::FromStr;

use plugwright_sdk::pagination::LinkHeader;
use plugwright_sdk::{ActionContext, Lost, Outcome, Page, Param, Result, action, params, path};

use crate::model::{GitRef, Repo, Sha};

/// Full name of the reference.
///
/// Such as `refs/heads/main` or `refs/tags/v1.0.0`.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(text, pattern = "^refs/[^/]+(/[^/]+)+$")]
pub struct RefName {
    /// The name below `refs/`, as GitHub's paths have it.
    short: String,
}

impl FromStr for RefName {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let short = text
            .strip_prefix("refs/")
            .ok_or("must start with `refs/`")?;
        Ok(Self {
            short: short.to_owned(),
        })
    }
}

impl fmt::Display for RefName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "refs/{}", self.short)
    }
}

/// Lists the Git references of a repository: its branches, tags and others.
///
/// With a prefix, only those whose names start so. Returns full name, hash and type of what each
/// names.
#[action(read, title = "List Git references", scopes = any("repo", "public_repo"))]
pub async fn list(
    cx: &ActionContext,
    repo: Repo,
    /// Start of the names without `refs/`, such as `tags` for all tags, or `heads/feature`.
    #[param(pattern = "^[^/]+(/[^/]+)*$", example = "heads/feature")]
    prefix: Option<String>,
) -> Result<Page<GitRef>> {
    let references = match prefix {
        Some(prefix) => path!("/repos/{+repo}/git/matching-refs/{+prefix}"),
        None => path!("/repos/{+repo}/git/refs/"),
    };
    cx.get(references).page(LinkHeader).await
}

/// Gets one Git reference of a repository by its full name.
///
/// Returns the hash and the type of what it names: a commit, or the tag object of an annotated tag.
#[action(read, title = "Get a Git reference", scopes = any("repo", "public_repo"))]
pub async fn get(cx: &ActionContext, repo: Repo, r#ref: RefName) -> Result<GitRef> {
    cx.get(path!("/repos/{+repo}/git/ref/{+name}", name = r#ref.short))
        .fetch()
        .await
}

/// Creates a Git reference in a repository, such as a branch or a tag for a commit.
///
/// Fails if there is one of that name, or no such commit. Returns the new reference.
#[action(write, title = "Create a Git reference", scopes = any("repo", "public_repo"), reconcile(natural = find_created(repo, r#ref, sha)), post = "/repos/{+repo}/git/refs", json)]
pub async fn create(
    cx: &ActionContext,
    repo: Repo,
    r#ref: RefName,
    /// Hash of what it shall name.
    sha: Sha,
) -> Result<GitRef>;

async fn find_created(
    cx: &ActionContext,
    _lost: &Lost,
    repo: Repo,
    r#ref: RefName,
    sha: Sha,
) -> Result<Outcome<GitRef>> {
    Outcome::of_named(get(cx, repo, r#ref).await, |found| {
        if found.sha == sha.0 {
            Outcome::Done(found)
        } else {
            Outcome::unknown("there is a reference of this name for another hash")
        }
    })
}

/// Moves a Git reference of a repository, such as a branch, to another commit.
///
/// Unless forced, it moves forward only: to a commit that has the present one among its ancestors.
/// Forcing leaves commits without a name, so they can be lost. Returns the moved reference.
#[action(destructive, idempotent, title = "Move a Git reference", scopes = any("repo", "public_repo"))]
pub async fn update(
    cx: &ActionContext,
    repo: Repo,
    r#ref: RefName,
    /// Hash of what it shall name.
    sha: Sha,
    /// Whether it may move elsewhere than forward.
    #[param(provider_default = false)]
    force: Option<bool>,
) -> Result<GitRef> {
    cx.patch(path!("/repos/{+repo}/git/refs/{+name}", name = r#ref.short))
        .fields(params![sha, force])
        .fetch()
        .await
}

/// Deletes a Git reference from a repository, such as a branch or a tag.
///
/// Commits that have no other name can be lost. Returns nothing; fails if there is no such reference.
#[action(destructive, title = "Delete a Git reference", scopes = any("repo", "public_repo"))]
pub async fn delete(cx: &ActionContext, repo: Repo, r#ref: RefName) -> Result<()> {
    cx.delete(path!("/repos/{+repo}/git/refs/{+name}", name = r#ref.short))
        .fetch()
        .await
}
