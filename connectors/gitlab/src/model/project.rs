//! Projects.

use plugwright_sdk::model;

/// A project: a repository with all that belongs to it.
#[model]
pub struct Project {
    /// Id.
    pub id: u64,
    /// Name.
    pub name: String,
    /// Path with its group, which other actions take.
    pub path_with_namespace: String,
    /// What it is about.
    pub description: Option<String>,
    /// `private`, `internal` or `public`; GitLab tells it only to whom it trusts.
    pub visibility: Option<String>,
    /// Branch that work starts from; an empty repository has none.
    pub default_branch: Option<String>,
    /// What it is about, as topics.
    #[serde(default)]
    pub topics: Vec<String>,
    /// Whether it is archived, and so can't be changed.
    pub archived: Option<bool>,
    /// Whether it has no commits.
    pub empty_repo: Option<bool>,
    /// Number of stars.
    pub star_count: Option<u64>,
    /// Number of forks.
    pub forks_count: Option<u64>,
    /// Number of open issues.
    pub open_issues_count: Option<u64>,
    /// Page on GitLab.
    pub web_url: String,
    /// URL to clone it by HTTPS.
    pub http_url_to_repo: Option<String>,
    /// URL to clone it by SSH.
    pub ssh_url_to_repo: Option<String>,
    /// When it was made (RFC 3339).
    pub created_at: Option<String>,
    /// When something last happened in it (RFC 3339).
    pub last_activity_at: Option<String>,
}
