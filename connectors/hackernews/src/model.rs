//! Types of the Hacker News API.

use plugwright_sdk::serde::{Deserialize, Deserializer};
use plugwright_sdk::{Param, model};

/// Stories per page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
#[param(range(1..=100), default = 30)]
pub struct Limit(pub u32);

/// A story, comment, job, poll or poll option.
#[model]
pub struct Item {
    /// Id over all items.
    pub id: u64,
    /// `story`, `comment`, `job`, `poll` or `pollopt`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// Name of the author; absent if the item is deleted.
    pub by: Option<String>,
    /// When it was made, in seconds since 1970 (Unix time).
    pub time: Option<i64>,
    /// Title, as HTML.
    pub title: Option<String>,
    /// Text, as HTML.
    #[serde(default, deserialize_with = "filled")]
    pub text: Option<String>,
    /// What a story or job links to.
    #[serde(default, deserialize_with = "filled")]
    pub url: Option<String>,
    /// Points of a story, job or poll, or votes for a poll option.
    pub score: Option<i64>,
    /// Number of comments below a story or poll, those on comments included.
    pub descendants: Option<u64>,
    /// Item that a comment is about.
    pub parent: Option<u64>,
    /// Poll that an option belongs to.
    pub poll: Option<u64>,
    /// Ids of the comments on it, in the order of the site; lists of stories leave them out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kids: Vec<u64>,
    /// Ids of a poll's options, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<u64>,
    /// The options of a poll with their votes; lists leave them out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<PollOption>,
    /// `true` if it is deleted; author and text are absent then.
    pub deleted: Option<bool>,
    /// `true` if it is dead: taken off the site, and still there for the API.
    pub dead: Option<bool>,
}

impl Item {
    /// Whether the site does not show it.
    pub(crate) fn is_gone(&self) -> bool {
        self.deleted == Some(true) || self.dead == Some(true)
    }
}

/// What can be voted for in a poll.
#[model]
pub struct PollOption {
    /// Id over all items.
    pub id: u64,
    /// Text, as HTML.
    pub text: Option<String>,
    /// Number of votes.
    pub score: Option<i64>,
}

impl From<Item> for PollOption {
    fn from(item: Item) -> Self {
        Self {
            id: item.id,
            text: item.text,
            score: item.score,
        }
    }
}

/// Somebody with an account.
#[model]
pub struct User {
    /// Name, unique; upper and lower case differ.
    pub id: String,
    /// When the account was made, in seconds since 1970 (Unix time).
    pub created: i64,
    /// Points that others gave for stories and comments.
    pub karma: i64,
    /// What the user says of themselves, as HTML.
    #[serde(default, deserialize_with = "filled")]
    pub about: Option<String>,
    /// Ids of the user's stories, polls and comments, as many as were asked for.
    #[serde(default)]
    pub submitted: Vec<u64>,
    /// Number of the user's stories, polls and comments.
    #[serde(default)]
    pub submitted_count: usize,
}

/// Old items have empty texts where there is nothing to say.
fn filled<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    Ok(text.filter(|text| !text.is_empty()))
}
