//! Protection of branches.

use plugwright_sdk::model;
use plugwright_sdk::serde::{Deserialize, Deserializer};

/// What a branch is protected against.
#[model]
#[expect(
    clippy::struct_excessive_bools,
    reason = "GitHub's settings, each of its own"
)]
pub struct Protection {
    /// Checks that must pass before merging; absent if none need to.
    pub required_status_checks: Option<RequiredStatusChecks>,
    /// Reviews that a pull request needs; absent if it needs none.
    pub required_pull_request_reviews: Option<RequiredReviews>,
    /// Who may push; absent if everybody with write access may.
    pub restrictions: Option<Actors>,
    /// Whether the rules hold for administrators too.
    #[serde(default, deserialize_with = "enabled")]
    pub enforce_admins: bool,
    /// Whether commits must be signed.
    #[serde(default, deserialize_with = "enabled")]
    pub required_signatures: bool,
    /// Whether merge commits are refused.
    #[serde(default, deserialize_with = "enabled")]
    pub required_linear_history: bool,
    /// Whether force pushes are let through.
    #[serde(default, deserialize_with = "enabled")]
    pub allow_force_pushes: bool,
    /// Whether the branch may be deleted.
    #[serde(default, deserialize_with = "enabled")]
    pub allow_deletions: bool,
    /// Whether `restrictions` hold for making matching branches too.
    #[serde(default, deserialize_with = "enabled")]
    pub block_creations: bool,
    /// Whether all conversations must be resolved before merging.
    #[serde(default, deserialize_with = "enabled")]
    pub required_conversation_resolution: bool,
    /// Whether the branch is read-only.
    #[serde(default, deserialize_with = "enabled")]
    pub lock_branch: bool,
    /// Whether forks may be kept up to date while the branch is locked.
    #[serde(default, deserialize_with = "enabled")]
    pub allow_fork_syncing: bool,
}

/// Checks that must pass before merging.
#[model]
pub struct RequiredStatusChecks {
    /// Whether a branch must be up to date before merging.
    pub strict: Option<bool>,
    /// Names of the checks.
    #[serde(default)]
    pub contexts: Vec<String>,
    /// The checks, with the apps that must make them.
    #[serde(default)]
    pub checks: Vec<RequiredCheck>,
}

/// A check that must pass before merging.
#[model]
pub struct RequiredCheck {
    /// Name of the check.
    pub context: String,
    /// Id of the app that must make it; absent if any may.
    pub app_id: Option<i64>,
}

/// Reviews that a pull request needs.
#[model]
pub struct RequiredReviews {
    /// How many must approve.
    pub required_approving_review_count: Option<u64>,
    /// Whether new commits undo approvals.
    #[serde(default)]
    pub dismiss_stale_reviews: bool,
    /// Whether owners of the code must approve.
    #[serde(default)]
    pub require_code_owner_reviews: bool,
    /// Whether somebody else must approve the newest push.
    pub require_last_push_approval: Option<bool>,
    /// Who may dismiss reviews; absent if everybody with write access may.
    pub dismissal_restrictions: Option<Actors>,
    /// Who needs no reviews.
    pub bypass_pull_request_allowances: Option<Actors>,
}

/// People, teams and apps.
#[model]
pub struct Actors {
    /// Logins of people.
    #[serde(default, deserialize_with = "logins")]
    pub users: Vec<String>,
    /// Slugs of teams.
    #[serde(default, deserialize_with = "slugs")]
    pub teams: Vec<String>,
    /// Slugs of apps.
    #[serde(default, deserialize_with = "slugs")]
    pub apps: Vec<String>,
}

#[model]
struct Switch {
    enabled: bool,
}

#[model]
struct User {
    login: String,
}

#[model]
struct Slugged {
    slug: String,
}

fn enabled<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Ok(Option::<Switch>::deserialize(deserializer)?.is_some_and(|switch| switch.enabled))
}

fn logins<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let users = Vec::<User>::deserialize(deserializer)?;
    Ok(users.into_iter().map(|user| user.login).collect())
}

fn slugs<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let named = Vec::<Slugged>::deserialize(deserializer)?;
    Ok(named.into_iter().map(|named| named.slug).collect())
}
