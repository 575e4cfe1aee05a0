//! Issues.

use plugwright_sdk::model;

use super::person::{username, usernames};
use super::planning::title;

/// An issue.
#[model]
pub struct Issue {
    /// Id over all of GitLab.
    pub id: u64,
    /// Number in the project, which other actions take.
    pub iid: u64,
    /// Id of its project.
    pub project_id: u64,
    /// Title.
    pub title: String,
    /// Text, in Markdown.
    pub description: Option<String>,
    /// `opened` or `closed`.
    pub state: String,
    /// `issue`, `incident`, `task` or `test_case`.
    pub issue_type: Option<String>,
    /// Names of its labels.
    #[serde(default)]
    pub labels: Vec<String>,
    /// Username of the author.
    #[serde(default, deserialize_with = "username")]
    pub author: Option<String>,
    /// Usernames of those assigned.
    #[serde(default, deserialize_with = "usernames")]
    pub assignees: Vec<String>,
    /// Title of its milestone.
    #[serde(default, deserialize_with = "title")]
    pub milestone: Option<String>,
    /// Day on which it is due.
    pub due_date: Option<String>,
    /// Whether only members of the project see it.
    pub confidential: Option<bool>,
    /// Number of comments.
    pub user_notes_count: Option<u64>,
    /// Page on GitLab.
    pub web_url: String,
    /// When it was made (RFC 3339).
    pub created_at: String,
    /// When it last changed (RFC 3339).
    pub updated_at: String,
    /// When it was closed (RFC 3339).
    pub closed_at: Option<String>,
}
