//! Commits, and what names and compares them.

use plugwright_sdk::model;
use plugwright_sdk::serde::{Deserialize, Deserializer};

/// A commit.
#[model]
pub struct Commit {
    /// Hash.
    pub id: String,
    /// The first digits of the hash.
    pub short_id: String,
    /// First line of the message.
    pub title: String,
    /// Message; lists of merge requests may leave it out.
    pub message: Option<String>,
    /// Name of who wrote the change.
    pub author_name: Option<String>,
    /// Mail address of who wrote the change.
    pub author_email: Option<String>,
    /// When it was written (RFC 3339).
    pub authored_date: Option<String>,
    /// When it was committed (RFC 3339).
    pub committed_date: Option<String>,
    /// Hashes of the commits before it.
    #[serde(default)]
    pub parent_ids: Vec<String>,
    /// How many lines it changes.
    pub stats: Option<CommitStats>,
    /// What its last pipeline came to.
    pub status: Option<String>,
    /// Page on GitLab.
    pub web_url: Option<String>,
}

/// How many lines a commit changes.
#[model]
pub struct CommitStats {
    /// Lines added.
    pub additions: u64,
    /// Lines removed.
    pub deletions: u64,
    /// Both together.
    pub total: u64,
}

/// A branch.
#[model]
pub struct Branch {
    /// Name.
    pub name: String,
    /// Hash of its last commit.
    #[serde(rename(deserialize = "commit"), deserialize_with = "hash")]
    pub commit_id: String,
    /// Whether work starts from it.
    #[serde(default)]
    pub default: bool,
    /// Whether rules say who may push to it.
    #[serde(default)]
    pub protected: bool,
    /// Whether it is merged into the default branch.
    #[serde(default)]
    pub merged: bool,
    /// Whether the account may push to it.
    pub can_push: Option<bool>,
    /// Page on GitLab.
    pub web_url: Option<String>,
}

/// A tag.
#[model]
pub struct Tag {
    /// Name.
    pub name: String,
    /// Message of an annotated tag; empty for others.
    pub message: Option<String>,
    /// Hash of the commit that it names.
    #[serde(rename(deserialize = "commit"), deserialize_with = "hash")]
    pub commit_id: String,
    /// Notes of its release, in Markdown.
    #[serde(
        rename(deserialize = "release"),
        default,
        deserialize_with = "description"
    )]
    pub release_description: Option<String>,
    /// Whether rules say who may change it.
    pub protected: Option<bool>,
}

/// What a merge request changes in one file.
#[allow(
    clippy::struct_excessive_bools,
    reason = "they are GitLab's, and most files have none of them"
)]
#[model]
pub struct Diff {
    /// Path before the change.
    pub old_path: String,
    /// Path after it.
    pub new_path: String,
    /// Changed lines, as a unified diff; empty if there are too many.
    pub diff: String,
    /// Whether the file is new.
    #[serde(default)]
    pub new_file: bool,
    /// Whether the file has another path.
    #[serde(default)]
    pub renamed_file: bool,
    /// Whether the file is gone.
    #[serde(default)]
    pub deleted_file: bool,
    /// Whether the lines are left out, since there are too many.
    #[serde(default)]
    pub too_large: bool,
}

#[model]
struct Named {
    id: String,
}

fn hash<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(Named::deserialize(deserializer)?.id)
}

#[model]
struct Described {
    description: Option<String>,
}

fn description<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let release = Option::<Described>::deserialize(deserializer)?;
    Ok(release.and_then(|release| release.description))
}
