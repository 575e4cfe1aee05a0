//! Discussions.

use plugwright_sdk::model;

use super::graphql::{name, total_count};
use super::login;

/// A discussion of a repository.
#[model]
#[serde(rename_all(deserialize = "camelCase"))]
pub struct Discussion {
    /// Id, which commenting takes.
    pub id: String,
    /// Number in the repository.
    pub number: u64,
    /// Title.
    pub title: String,
    /// Text, in Markdown; absent in lists.
    pub body: Option<String>,
    /// Its page.
    pub url: String,
    /// Name of its category.
    #[serde(deserialize_with = "name")]
    pub category: String,
    /// Login of the author; absent for deleted accounts.
    #[serde(rename(deserialize = "author"), default, deserialize_with = "login")]
    pub author_login: Option<String>,
    /// Whether it is closed.
    pub closed: bool,
    /// Whether a comment was chosen as the answer; absent where the category has no answers.
    pub is_answered: Option<bool>,
    /// Number of comments.
    #[serde(rename(deserialize = "comments"), deserialize_with = "total_count")]
    pub comment_count: u64,
    /// Number of votes.
    pub upvote_count: u64,
    /// When it was made (RFC 3339).
    pub created_at: String,
    /// When it last changed (RFC 3339).
    pub updated_at: String,
}

/// A comment on a discussion.
#[model]
#[serde(rename_all(deserialize = "camelCase"))]
pub struct DiscussionComment {
    /// Id, which replying takes.
    pub id: String,
    /// Text, in Markdown.
    pub body: String,
    /// Where it is on the discussion's page.
    pub url: String,
    /// Login of the author; absent for deleted accounts.
    #[serde(rename(deserialize = "author"), default, deserialize_with = "login")]
    pub author_login: Option<String>,
    /// Whether it was chosen as the answer.
    pub is_answer: bool,
    /// Number of replies to it.
    #[serde(rename(deserialize = "replies"), deserialize_with = "total_count")]
    pub reply_count: u64,
    /// Number of votes.
    pub upvote_count: u64,
    /// When it was made (RFC 3339).
    pub created_at: String,
    /// When it last changed (RFC 3339).
    pub updated_at: String,
}

/// A comment, and whether the signed-in account wrote it.
#[model]
#[serde(rename_all = "camelCase")]
pub(crate) struct OwnComment {
    pub(crate) viewer_did_author: bool,
    #[serde(flatten)]
    pub(crate) comment: DiscussionComment,
}
