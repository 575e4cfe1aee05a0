//! Protection of branches.

use plugwright_sdk::{ActionContext, Params, Patch, Result, action, params, path};

use crate::model::{Protection, Repo};

/// Checks that shall pass before merging.
#[derive(Debug, Params)]
pub struct StatusChecks {
    /// Whether a branch must be up to date before merging.
    pub strict: bool,
    /// Names of checks, whoever makes them.
    #[param(default = Vec::new())]
    pub contexts: Vec<String>,
    /// Checks that an app must make.
    pub checks: Option<Vec<Check>>,
}

/// A check that shall pass before merging.
#[derive(Debug, Params)]
pub struct Check {
    /// Name of the check.
    pub context: String,
    /// Id of the app that must make it, or -1 for any; without it, the app that made it last.
    #[param(range(-1..))]
    pub app_id: Option<i64>,
}

/// Reviews that a pull request shall need.
#[derive(Debug, Params)]
pub struct Reviews {
    /// How many must approve; 0 asks for a pull request without reviews.
    #[param(range(0..=6))]
    pub required_approving_review_count: Option<u8>,
    /// Whether new commits undo approvals.
    pub dismiss_stale_reviews: Option<bool>,
    /// Whether owners of the code must approve.
    pub require_code_owner_reviews: Option<bool>,
    /// Whether somebody else must approve the newest push.
    #[param(provider_default = false)]
    pub require_last_push_approval: Option<bool>,
    /// Who alone may dismiss reviews; for repositories of organizations.
    pub dismissal_restrictions: Option<Selected>,
    /// Who needs no reviews.
    pub bypass_pull_request_allowances: Option<Selected>,
}

/// People, teams and apps that a rule is about.
#[derive(Debug, Params)]
pub struct Selected {
    /// Logins of people.
    pub users: Option<Vec<String>>,
    /// Slugs of teams.
    pub teams: Option<Vec<String>>,
    /// Slugs of apps.
    pub apps: Option<Vec<String>>,
}

/// Who alone may push.
#[derive(Debug, Params)]
pub struct Restrictions {
    /// Logins of people.
    pub users: Vec<String>,
    /// Slugs of teams.
    pub teams: Vec<String>,
    /// Slugs of apps.
    pub apps: Option<Vec<String>>,
}

/// Gets what a branch is protected against.
///
/// Returns the checks and reviews that merging needs, who may push, and the other rules. A branch
/// without protection is `NOT_FOUND`.
#[action(read, title = "Get the protection of a branch", scopes = ["repo"], get = "/repos/{+repo}/branches/{+branch}/protection")]
pub async fn get(
    cx: &ActionContext,
    repo: Repo,
    /// Name of the branch, without wildcards.
    branch: String,
) -> Result<Protection>;

/// Protects a branch by these rules, in place of all that it had.
///
/// What is not given is not protected against, so rules that shall stay must be given again. Needs
/// administration of the repository. Returns the protection that then holds.
#[action(write, idempotent, title = "Protect a branch", scopes = ["repo"])]
pub async fn update(
    cx: &ActionContext,
    repo: Repo,
    /// Name of the branch, without wildcards.
    branch: String,
    /// Checks that must pass before merging; without it, none need to.
    required_status_checks: Option<StatusChecks>,
    /// Reviews that a pull request needs; without it, nobody needs a pull request.
    required_pull_request_reviews: Option<Reviews>,
    /// Who may push, for repositories of organizations; without it, everybody with write access.
    restrictions: Option<Restrictions>,
    /// Whether the rules hold for administrators too.
    #[param(default = false)]
    enforce_admins: bool,
    #[param(flatten)] rules: Rules,
) -> Result<Protection> {
    cx.put(path!("/repos/{+repo}/branches/{+branch}/protection"))
        .fields(params![
            required_status_checks = or_null(required_status_checks),
            required_pull_request_reviews = or_null(required_pull_request_reviews),
            restrictions = or_null(restrictions),
            enforce_admins,
        ])
        .fields(&rules)
        .fetch()
        .await
}

/// Rules that are switched on or off.
#[derive(Debug, Params)]
pub struct Rules {
    /// Whether merge commits are refused.
    #[param(provider_default = false)]
    pub required_linear_history: Option<bool>,
    /// Whether force pushes are let through.
    #[param(provider_default = false)]
    pub allow_force_pushes: Option<bool>,
    /// Whether the branch may be deleted.
    #[param(provider_default = false)]
    pub allow_deletions: Option<bool>,
    /// Whether `restrictions` hold for making matching branches too.
    #[param(provider_default = false)]
    pub block_creations: Option<bool>,
    /// Whether all conversations must be resolved before merging.
    #[param(provider_default = false)]
    pub required_conversation_resolution: Option<bool>,
    /// Whether the branch is read-only.
    #[param(provider_default = false)]
    pub lock_branch: Option<bool>,
    /// Whether forks may be kept up to date while the branch is locked.
    #[param(provider_default = false)]
    pub allow_fork_syncing: Option<bool>,
}

/// Removes the protection of a branch, with all of its rules.
///
/// Afterwards everybody who can write may push, force pushes and deletion included. Returns nothing;
/// fails if the branch has none.
#[action(destructive, title = "Remove the protection of a branch", scopes = ["repo"], delete = "/repos/{+repo}/branches/{+branch}/protection")]
pub async fn remove(
    cx: &ActionContext,
    repo: Repo,
    /// Name of the branch, without wildcards.
    branch: String,
) -> Result<()>;

/// GitHub wants these members always, with `null` for what is switched off.
fn or_null<T>(value: Option<T>) -> Patch<T> {
    value.map_or(Patch::Clear, Patch::Set)
}
