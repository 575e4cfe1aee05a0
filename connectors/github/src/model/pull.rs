//! Pull requests.

use plugwright_sdk::model;

use super::{label_names, login};

/// A pull request.
#[model]
#[serde(from = "Answer")]
pub struct Pull {
    /// Id over all of GitHub.
    pub id: u64,
    /// Number in the repository.
    pub number: u64,
    /// `open` or `closed`.
    pub state: String,
    /// Whether it is a draft.
    pub draft: bool,
    /// Title.
    pub title: String,
    /// Text, in Markdown.
    pub body: Option<String>,
    /// Login of the author; absent for deleted accounts.
    pub user_login: Option<String>,
    /// Branch with the changes.
    pub head_ref: String,
    /// Newest commit of that branch.
    pub head_sha: String,
    /// Branch that the changes are for.
    pub base_ref: String,
    /// Whether it is merged.
    pub merged: bool,
    /// Whether it can be merged; absent in lists, and while GitHub finds out.
    pub mergeable: Option<bool>,
    /// Names of its labels.
    pub labels: Vec<String>,
    /// When it was made (RFC 3339).
    pub created_at: String,
    /// When it last changed (RFC 3339).
    pub updated_at: String,
    /// When it was merged (RFC 3339).
    pub merged_at: Option<String>,
}

/// What came of merging a pull request.
#[model]
pub struct Merge {
    /// Whether it is merged.
    pub merged: bool,
    /// The commit that it was merged as.
    pub sha: String,
    /// What GitHub says of it.
    pub message: String,
}

/// A pull request as GitHub writes it.
#[model]
struct Answer {
    id: u64,
    number: u64,
    state: String,
    #[serde(default)]
    draft: bool,
    title: String,
    body: Option<String>,
    #[serde(default, deserialize_with = "login")]
    user: Option<String>,
    head: Branch,
    base: Branch,
    merged: Option<bool>,
    mergeable: Option<bool>,
    #[serde(default, deserialize_with = "label_names")]
    labels: Vec<String>,
    created_at: String,
    updated_at: String,
    merged_at: Option<String>,
}

#[model]
struct Branch {
    r#ref: String,
    sha: String,
}

impl From<Answer> for Pull {
    fn from(answer: Answer) -> Self {
        Self {
            id: answer.id,
            number: answer.number,
            state: answer.state,
            draft: answer.draft,
            title: answer.title,
            body: answer.body,
            user_login: answer.user,
            head_ref: answer.head.r#ref,
            head_sha: answer.head.sha,
            base_ref: answer.base.r#ref,
            // Lists leave `merged` out.
            merged: answer.merged.unwrap_or(answer.merged_at.is_some()),
            mergeable: answer.mergeable,
            labels: answer.labels,
            created_at: answer.created_at,
            updated_at: answer.updated_at,
            merged_at: answer.merged_at,
        }
    }
}
