//! Merge requests.

use plugwright_sdk::model;

use super::person::{username, usernames};
use super::planning::title;

/// A merge request.
#[model]
pub struct MergeRequest {
    /// Id over all of GitLab.
    pub id: u64,
    /// Number in the project, which other actions take.
    pub iid: u64,
    /// Id of the project that it is for.
    pub project_id: u64,
    /// Title; that of a draft begins with `Draft:`.
    pub title: String,
    /// Text, in Markdown.
    pub description: Option<String>,
    /// `opened`, `closed`, `locked` or `merged`.
    pub state: String,
    /// Whether it is a draft, which can't be merged.
    pub draft: Option<bool>,
    /// Branch with the changes.
    pub source_branch: String,
    /// Branch that they are for.
    pub target_branch: String,
    /// Id of the project with the changes, if that is another one.
    pub source_project_id: Option<u64>,
    /// Names of its labels.
    #[serde(default)]
    pub labels: Vec<String>,
    /// Username of the author.
    #[serde(default, deserialize_with = "username")]
    pub author: Option<String>,
    /// Usernames of those assigned.
    #[serde(default, deserialize_with = "usernames")]
    pub assignees: Vec<String>,
    /// Usernames of those asked for a review.
    #[serde(default, deserialize_with = "usernames")]
    pub reviewers: Vec<String>,
    /// Title of its milestone.
    #[serde(default, deserialize_with = "title")]
    pub milestone: Option<String>,
    /// Hash of its last commit.
    pub sha: Option<String>,
    /// Whether it can be merged, such as `mergeable`, `conflict`, `ci_must_pass` or `checking`; older
    /// GitLab servers tell `merge_status` alone.
    pub detailed_merge_status: Option<String>,
    /// `can_be_merged`, `cannot_be_merged`, `checking` or `unchecked`.
    pub merge_status: Option<String>,
    /// Whether its changes conflict with the target branch.
    pub has_conflicts: Option<bool>,
    /// Hash of the commit that merged it.
    pub merge_commit_sha: Option<String>,
    /// Number of comments.
    pub user_notes_count: Option<u64>,
    /// Page on GitLab.
    pub web_url: String,
    /// When it was made (RFC 3339).
    pub created_at: String,
    /// When it last changed (RFC 3339).
    pub updated_at: String,
    /// When it was merged (RFC 3339).
    pub merged_at: Option<String>,
    /// When it was closed (RFC 3339).
    pub closed_at: Option<String>,
}
