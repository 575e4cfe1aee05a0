//! Statuses of commits.

use plugwright_sdk::model;

use super::login;

/// What a check says of a commit.
#[model]
pub struct Status {
    /// Id over all of GitHub.
    pub id: u64,
    /// `error`, `failure`, `pending` or `success`.
    pub state: String,
    /// Name of the check.
    pub context: String,
    /// What it says in short.
    pub description: Option<String>,
    /// Where it says more.
    pub target_url: Option<String>,
    /// Login of who set it; absent in combined statuses.
    #[serde(rename(deserialize = "creator"), default, deserialize_with = "login")]
    pub creator_login: Option<String>,
    /// When it was made (RFC 3339).
    pub created_at: String,
    /// When it last changed (RFC 3339).
    pub updated_at: String,
}

/// What all checks together say of a commit.
#[model]
pub struct CombinedStatus {
    /// `failure` if any check failed, `pending` if any is not done or there is none, else
    /// `success`.
    pub state: String,
    /// The commit.
    pub sha: String,
    /// Number of checks.
    pub total_count: u64,
    /// The newest status of each check, page by page.
    pub statuses: Vec<Status>,
}
