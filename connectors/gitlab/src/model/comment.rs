//! Comments on issues, merge requests and commits.

use plugwright_sdk::model;

use super::person::username;

/// A comment on an issue or a merge request, which GitLab calls a note.
#[model]
pub struct Comment {
    /// Id.
    pub id: u64,
    /// Text, in Markdown.
    pub body: String,
    /// Username of the author.
    #[serde(default, deserialize_with = "username")]
    pub author: Option<String>,
    /// Whether GitLab wrote it, about a change.
    #[serde(default)]
    pub system: bool,
    /// Whether only members of the project see it.
    pub internal: Option<bool>,
    /// Number of the issue or merge request that it is on.
    pub noteable_iid: Option<u64>,
    /// Whether its thread can be resolved.
    pub resolvable: Option<bool>,
    /// Whether its thread is resolved.
    pub resolved: Option<bool>,
    /// When it was made (RFC 3339).
    pub created_at: String,
    /// When it last changed (RFC 3339).
    pub updated_at: Option<String>,
}

/// A comment on a commit.
#[model]
pub struct CommitComment {
    /// Text, in Markdown.
    pub note: String,
    /// Username of the author.
    #[serde(default, deserialize_with = "username")]
    pub author: Option<String>,
    /// Path of the file that it is on.
    pub path: Option<String>,
    /// Line that it is on.
    pub line: Option<u64>,
    /// Whether the line is of the `new` or the `old` file.
    pub line_type: Option<String>,
    /// When it was made (RFC 3339).
    pub created_at: Option<String>,
}
