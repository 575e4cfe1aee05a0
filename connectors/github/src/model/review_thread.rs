//! Threads of review comments.

use plugwright_sdk::model;

use super::graphql::Nodes;
use super::login;

/// A thread of comments on a place in the changes of a pull request.
#[model]
#[serde(from = "Answer")]
pub struct ReviewThread {
    /// Id, which resolving takes.
    pub id: String,
    /// Whether it is resolved.
    pub is_resolved: bool,
    /// Login of who resolved it.
    pub resolved_by_login: Option<String>,
    /// Whether the changes have moved on since.
    pub is_outdated: bool,
    /// File that it is about.
    pub path: String,
    /// Line of the file; absent if it is about the whole file, or outdated.
    pub line: Option<u64>,
    /// Number of all its comments.
    pub comment_count: u64,
    /// Its first comments.
    pub comments: Vec<ReviewComment>,
}

/// A comment of a review.
#[model]
#[serde(rename_all(deserialize = "camelCase"))]
pub struct ReviewComment {
    /// Login of the author; absent for deleted accounts.
    #[serde(rename(deserialize = "author"), default, deserialize_with = "login")]
    pub author_login: Option<String>,
    /// Text, in Markdown.
    pub body: String,
    /// Where it is on the pull request's page.
    pub url: String,
    /// When it was made (RFC 3339).
    pub created_at: String,
}

/// A thread as GitHub writes it.
#[model]
#[serde(rename_all = "camelCase")]
struct Answer {
    id: String,
    is_resolved: bool,
    #[serde(default, deserialize_with = "login")]
    resolved_by: Option<String>,
    is_outdated: bool,
    path: String,
    line: Option<u64>,
    comments: Comments,
}

#[model]
#[serde(rename_all = "camelCase")]
struct Comments {
    total_count: u64,
    #[serde(flatten)]
    list: Nodes<ReviewComment>,
}

impl From<Answer> for ReviewThread {
    fn from(answer: Answer) -> Self {
        Self {
            id: answer.id,
            is_resolved: answer.is_resolved,
            resolved_by_login: answer.resolved_by,
            is_outdated: answer.is_outdated,
            path: answer.path,
            line: answer.line,
            comment_count: answer.comments.total_count,
            comments: answer.comments.list.present().collect(),
        }
    }
}
