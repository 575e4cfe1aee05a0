//! Organizations.

use plugwright_sdk::model;

/// An organization.
#[model]
pub struct Organization {
    /// Id over all of GitHub.
    pub id: u64,
    /// Login.
    pub login: String,
    /// Name for people.
    pub name: Option<String>,
    /// What it is about.
    pub description: Option<String>,
    /// Company.
    pub company: Option<String>,
    /// Website.
    pub blog: Option<String>,
    /// Place.
    pub location: Option<String>,
    /// Public mail address.
    pub email: Option<String>,
    /// Whether GitHub verified its domains.
    pub is_verified: Option<bool>,
    /// Number of public repositories.
    pub public_repos: u64,
    /// Number of private repositories; for members alone.
    pub total_private_repos: Option<u64>,
    /// Number of followers.
    pub followers: u64,
    /// What members may do in every repository: `none`, `read`, `write` or `admin`; for owners
    /// alone.
    pub default_repository_permission: Option<String>,
    /// Whether members must use two-factor authentication; only for owners.
    pub two_factor_requirement_enabled: Option<bool>,
    /// When it was made (RFC 3339).
    pub created_at: String,
    /// When it last changed (RFC 3339).
    pub updated_at: String,
    /// Page on GitHub.
    pub html_url: String,
}
